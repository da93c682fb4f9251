using GpuLab.Model;
using GpuLab.Probes.Llm;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>
/// Pages of a prompt's keys and values over the link, each a copy of its own, from pinned memory, or out of the page cache or storage of the declared
/// machine while earlier ones are copied: then the slower of reading and copying counts, and the first page's reading.
/// </summary>
sealed class ReloadModel(ProbeInfo info) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var tokens = PromptProbe.Tokens(parameters);
        var shape = LlmRequest.Read(parameters, tokens).Shape;
        var page = (double)shape.KvBytesPerToken(2) * PageTables.PageTokens;
        var pages = PageTables.PagesOf(tokens);
        var bytes = pages * page;
        if (slice.Memory is { } room && bytes > 0.95 * room) throw new ProbeSkippedException($"the keys and values are {Pretty.Bytes(bytes)}, and {slice.Name} has {Pretty.Bytes(room)} of memory");
        var link = gpu.Need("link") * gpu.Traits.Link;
        var (rate, first) = (link, 0.0);
        Func<double, SimLoad> load = _ => default;
        var tier = parameters.Word("tier", "pinned");
        if (tier != "pinned")
        {
            var read = SimHost.Read(tier == "disk" ? SimReads.Direct : SimReads.Cached, SimHost.Threads, out load);
            (rate, first) = (Math.Min(link, read), page / read);
        }
        var seconds = pages * LinkModel.Startup + bytes / rate + first;
        return new(seconds, [new(bytes, IsRate: true), new(1, IsRate: false), new(tokens, IsRate: true)], load(bytes / seconds) with { Up = bytes / seconds / link })
        {
            Noise = 0.005,
            Ceiling = tier == "pinned" ? new(gpu.Need("link"), gpu.How("link")) : null,
            Facts = new() { ["model"] = shape.Name, ["bytes"] = $"{Pretty.Bytes(bytes)} in {pages} pages of {Pretty.Bytes(page)}", ["storage and host"] = SimHost.Source, ["efficiency"] = gpu.Traits.Source },
        };
    }
}
