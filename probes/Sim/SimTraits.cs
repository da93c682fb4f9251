namespace GpuLab.Probes.Sim;

/// <summary>
/// What specification sheets do not say: the share of a peak that programs reach, latencies, cache bandwidth. Ampere and Hopper from
/// published measurements (BabelStream on Azure, gpu-benches, the MAMF finder, nvbandwidth captures); Blackwell is assumed to be like Hopper, which is said in
/// the facts of each prediction.
/// </summary>
/// <param name="Read">Shares of the memory bandwidth.</param>
/// <param name="CacheRate">L2 bandwidth of the whole GPU, B/s.</param>
/// <param name="Near">L2 latency, seconds.</param>
/// <param name="Far">Latency of the L2 half that is further away.</param>
/// <param name="Link">Share of the line rate that a copy reaches one way.</param>
/// <param name="LinkBoth">Share of that rate which each direction keeps when both are busy.</param>
/// <param name="Fma">Share of peak of register-only loops.</param>
/// <param name="Tensor">Share of peak of large matrix products while power does not limit the clock.</param>
/// <param name="Power">What such a product would draw on all SMs at full clock, as a share of the power limit.</param>
sealed record SimTraits(string Source, double Read, double Write, double Copy, double Triad, double CacheRate, double Near, double Far, double Memory,
    double Link, double LinkBoth, double Fma, double Tensor, double Power, double IntegerShare)
{
    static readonly SimTraits
        ampere = new("measured on A100", 0.86, 0.80, 0.79, 0.83, 5.4e12, 150e-9, 300e-9, 403e-9, 0.83, 0.95, 0.95, 0.87, 0.95, 0.5),
        hopper = new("measured on H100 and H200", 0.93, 0.87, 0.865, 0.862, 7.1e12, 151e-9, 272e-9, 370e-9, 0.88, 0.92, 0.94, 0.90, 1.125, 0.5),
        blackwell = hopper with { Source = "assumed to be as on H100 and H200", IntegerShare = double.NaN };

    public static SimTraits Of(string architecture) =>
        architecture.StartsWith("Ampere", StringComparison.Ordinal) ? ampere : architecture.StartsWith("Hopper", StringComparison.Ordinal) ? hopper : blackwell;
}
