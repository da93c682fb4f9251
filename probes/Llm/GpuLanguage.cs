using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>A probe of language models on a GPU: what the host's probe is, on another slice.</summary>
/// <param name="info">That of the host's probe: the figures mean the same.</param>
/// <param name="prepare">The host's preparation, which asks the request where it is.</param>
/// <param name="obstacle">Of a slice of a GPU.</param>
sealed class GpuLanguage(ProbeInfo info, Func<ProbeRequest, IPreparedProbe> prepare, Func<Slice, Parameters, bool, string?> obstacle) : IProbe, IForesight
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request) => prepare(request);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => obstacle(slice, parameters, true);
}
