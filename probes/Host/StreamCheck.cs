using System.Globalization;

namespace GpuLab.Probes.Host;

/// <summary>
/// What a streaming kernel must have left behind. Every page of a written window is looked at: a few thousand of them word by word,
/// one word of each of the others. Only what is looked at is poisoned before.
/// </summary>
sealed unsafe class StreamCheck(StreamWork work, long pages, ulong seed)
{
    /// <summary>Pages compared word by word.</summary>
    const long Thorough = 2048;

    /// <summary>Writes over the destination, so that what was there before cannot pass for a result.</summary>
    public void Poison()
    {
        for (long page = 0; page < pages; page++)
        {
            var at = work.C + page * StreamWork.Page;
            if (Whole(page)) new Span<double>(at, StreamWork.Page).Fill(StreamData.Poison);
            else at[Word(page)] = StreamData.Poison;
        }
    }

    /// <summary>Compares a window; null when right.</summary>
    public string? Wrong(int window)
    {
        long wrong = 0, first = -1;
        for (var thread = 0; thread < work.Threads; thread++)
        {
            var (low, end) = work.PagesOf(thread, window);
            for (var page = low; page < end; page++)
            {
                var whole = Whole(page);
                var word = whole ? 0 : Word(page);
                for (var i = page * StreamWork.Page + word; i < page * StreamWork.Page + (whole ? StreamWork.Page : word + 1); i++)
                {
                    if (work.C[i] == Expected(i)) continue;
                    if (wrong++ == 0) first = i;
                }
            }
        }
        return wrong == 0 ? null : string.Create(CultureInfo.InvariantCulture,
            $"{wrong} of the compared elements are wrong, the first at {first}: {work.C[first]} instead of {Expected(first)}");
    }

    double Expected(long i) => work.Kernel switch
    {
        StreamKernel.Write => work.Scalar,
        StreamKernel.Triad => work.A[i] + work.Scalar * work.B[i],
        _ => work.A[i],
    };

    bool Whole(long page) => page == 0 || page == pages - 1 || Hash(page) % (ulong)Math.Max(1, pages / Thorough) == 0;

    int Word(long page) => (int)(Hash(page) >> 32) & StreamWork.Page - 1;

    ulong Hash(long page) => ((ulong)page ^ seed) * 0x9E3779B97F4A7C15 >> 8;
}
