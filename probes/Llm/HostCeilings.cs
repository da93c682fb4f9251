using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>What the slice's cores can do at best, measured where the probe will run; kept for the life of the worker.</summary>
/// <param name="Read">Bytes a second out of memory.</param>
/// <param name="Flop">Fused multiply-adds in single precision, two each, a second.</param>
sealed record HostCeilings(double Read, double Flop)
{
    /// <summary>Bytes of the array that is read: larger than caches.</summary>
    public const long Bytes = 256 << 20;

    public static unsafe HostCeilings Measure(Team team, ProbeRequest request)
    {
        var content = "read for a ceiling";
        using var block = HostMemory.Rent(Bytes, team.Cpus, content);
        var pages = Bytes / (StreamWork.Page * sizeof(double));
        var reading = new StreamWork(StreamKernel.Read, team.Count, pages) { A = (double*)block.Start };
        if (block.Content != content) team.Run(new StreamData(reading, LlmRequest.Seed));
        (block.Content, block.Companion) = (content, null);
        using var adding = ComputeProbe.Prepare(FmaVariant.Fp32, request);
        return new(StreamTuning.Of(reading, team, pages).Ceiling!.Value, adding.Ceiling!.Value);
    }
}
