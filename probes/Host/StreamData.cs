namespace GpuLab.Probes.Host;

/// <summary>
/// Fills the arrays on the threads that will use them, which also places their pages. The data are random integers below 2^20 held
/// as doubles: sums, copies and triads of them are exact in any order, so every check can ask for equality.
/// </summary>
sealed unsafe class StreamData(StreamWork work, ulong seed) : TeamWork
{
    /// <summary>What a destination holds before the kernel runs; no kernel computes it.</summary>
    public const double Poison = -1.5;

    /// <summary>Sum of each page of A; null where nothing asks for it.</summary>
    public long[]? PageSums { get; init; }

    public override void Run(int thread)
    {
        for (var window = 0; window < work.Windows; window++)
        {
            var (first, end) = work.PagesOf(thread, window);
            for (var page = first; page < end; page++)
            {
                if (work.A != null)
                {
                    var sum = Fill(work.A + page * StreamWork.Page, seed, page);
                    if (PageSums is not null) PageSums[page] = sum;
                }
                if (work.B != null) Fill(work.B + page * StreamWork.Page, ~seed, page);
                if (work.C != null) new Span<double>(work.C + page * StreamWork.Page, StreamWork.Page).Fill(Poison);
            }
        }
    }

    /// <summary>One page; depends on the seed and the page's number alone. Returns its sum.</summary>
    public static long Fill(double* at, ulong seed, long page)
    {
        var state = (seed ^ (ulong)page * 0x9E3779B97F4A7C15) * 0xD1342543DE82EF95 + 1;
        long sum = 0;
        for (var i = 0; i < StreamWork.Page; i++)
        {
            state = state * 6364136223846793005 + 1442695040888963407;
            // The high bits of a linear congruential generator are the good ones; + 1 keeps zeros out.
            var value = (long)(state >> 44) + 1;
            at[i] = value;
            sum += value;
        }
        return sum;
    }
}
