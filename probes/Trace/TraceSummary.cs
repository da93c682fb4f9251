namespace GpuLab.Probes.Trace;

/// <summary>What the records of one launch say of its SMs. Reads without managed allocation.</summary>
/// <param name="blocks">Of a launch.</param>
sealed class TraceSummary(int blocks)
{
    readonly ulong[] keys = new ulong[blocks];
    readonly double[] times = new double[blocks], medians = new double[blocks];
    readonly uint[] numbers = new uint[blocks];

    /// <summary>Median time of a block on the slowest SM ÷ that on the median SM.</summary>
    public double Slowest { get; private set; }

    /// <summary>Busy time of the busiest SM ÷ that of the mean SM.</summary>
    public double Imbalance { get; private set; }

    /// <summary>Share of the launch's time after the first SM has run out of blocks.</summary>
    public double Tail { get; private set; }

    /// <summary>SMs that ran a block.</summary>
    public int Sms { get; private set; }

    /// <summary>Their numbers, ascending.</summary>
    public IReadOnlyList<uint> Numbers => numbers.AsSpan(0, Sms).ToArray();

    /// <summary>False where a record cannot be one.</summary>
    public bool Read(ReadOnlySpan<BlockRecord> records)
    {
        for (var i = 0; i < blocks; i++)
        {
            if (records[i].End < records[i].Start) return false;
            keys[i] = (ulong)records[i].Sm << 32 | (uint)i;
        }
        Array.Sort(keys);
        var (first, last, runOut, busiest, busy) = (ulong.MaxValue, 0ul, ulong.MaxValue, 0.0, 0.0);
        Sms = 0;
        for (var i = 0; i < blocks;)
        {
            var sm = (uint)(keys[i] >> 32);
            var (from, own, end) = (i, 0.0, 0ul);
            for (; i < blocks && (uint)(keys[i] >> 32) == sm; i++)
            {
                ref readonly var block = ref records[(int)(uint)keys[i]];
                times[i - from] = block.End - block.Start;
                own += times[i - from];
                first = Math.Min(first, block.Start);
                end = Math.Max(end, block.End);
            }
            Array.Sort(times, 0, i - from);
            medians[Sms] = Middle(times, i - from);
            numbers[Sms++] = sm;
            (last, runOut) = (Math.Max(last, end), Math.Min(runOut, end));
            (busiest, busy) = (Math.Max(busiest, own), busy + own);
        }
        Array.Sort(medians, 0, Sms);
        Slowest = medians[Sms - 1] / Middle(medians, Sms);
        Imbalance = busiest * Sms / busy;
        Tail = last == first ? 0 : (double)(last - runOut) / (last - first);
        return true;
    }

    static double Middle(double[] sorted, int count) => (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}
