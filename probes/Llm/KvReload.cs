using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>Bringing the keys and values of a prompt back from where they were kept.</summary>
public sealed class KvReload : IProbe, IForesight
{
    static readonly ProbeInfo About = new(
        "kv.reload", "Keys and values of a prompt moved from memory or a file into the paged cache", Resource.Storage,
        [
            new("kv.reload/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes of the prompt's pages per second"),
            new("kv.reload/time", "s", Better.Lower, Across.Worst, "Time until the cache of the prompt is there"),
            new("kv.reload/rate", "token/s", Better.Higher, Across.Sum, "Tokens whose keys and values are moved per second"),
        ],
        [
            LlmRequest.Model, LlmRequest.Tokens,
            new("tier", ParameterType.Word, "Where they are kept: memory, a file in the page cache, or a file below it", ParameterValue.Of("pinned"), Words: ["pinned", "cache", "disk"]),
        ],
        Precision.Loading, Axis: "tokens");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => new ReloadProbe(request);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => Obstacle(slice, parameters, onGpu: false);

    /// <inheritdoc cref="SliceLlm.Obstacle"/>
    internal static string? Obstacle(Slice slice, Parameters parameters, bool onGpu) => LlmRequest.Obstacle(() =>
    {
        var tokens = PromptProbe.Tokens(parameters);
        var shape = LlmRequest.Read(parameters, tokens).Shape;
        if (onGpu) GpuReloadProbe.DemandRoom(shape, slice.Memory, slice.Name, tokens);
        else ReloadProbe.DemandRoom(shape, slice.Cpus.Count, tokens);
    });
}
