using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>What the slice's cores can do at best, measured where the probe will run; kept for the life of the worker.</summary>
static class HostCeilings
{
    /// <summary>Bytes of the array that is read: larger than caches.</summary>
    public const long Bytes = 256 << 20;

    public static unsafe LlmCeilings Measure(Team team, ProbeRequest request)
    {
        var content = "read for a ceiling";
        using var block = HostMemory.Rent(Bytes, team.Cpus, content);
        var pages = Bytes / (StreamWork.Page * sizeof(double));
        var reading = new StreamWork(StreamKernel.Read, team.Count, pages) { A = (double*)block.Start };
        if (block.Content != content) team.Run(new StreamData(reading, LlmRequest.Seed));
        (block.Content, block.Companion) = (content, null);
        using var adding = ComputeProbe.Prepare(FmaVariant.Fp32, request);
        return new(StreamTuning.Of(reading, team, pages).Ceiling!.Value, adding.Ceiling!.Value,
            "the fastest short read bursts on the same cores", "the fastest short bursts of fp32 multiply-adds on the same cores");
    }
}
