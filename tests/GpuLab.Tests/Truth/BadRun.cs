using System.Text.Json;
using GpuLab.Tests.EndToEnd;

namespace GpuLab.Tests.Truth;

/// <summary>A run of the built program, with what it said about itself.</summary>
sealed class BadRun(Ended ended, JsonDocument summary, string folder)
{
    public Ended Ended => ended;

    public string Folder => folder;

    public IReadOnlyList<JsonElement> Couplings { get; } = [.. summary.RootElement.GetProperty("couplings").EnumerateArray()];

    public IReadOnlyList<JsonElement> Figures { get; } = [.. summary.RootElement.GetProperty("figures").EnumerateArray()];

    public JsonElement Root => summary.RootElement;

    public string Verdict(string slice) => Coupling(slice).GetProperty("verdict").GetString()!;

    public JsonElement Coupling(string slice) => Couplings.Single(c => c.GetProperty("victim").GetString() == slice);

    /// <summary>Severity and message of the first finding of a gate.</summary>
    public (string Severity, string Message) Finding(string gate)
    {
        var found = summary.RootElement.GetProperty("findings").EnumerateArray().FirstOrDefault(f => f.GetProperty("gate").GetString() == gate);
        Assert.True(found.ValueKind == JsonValueKind.Object, $"no finding {gate}: {ended}");
        return (found.GetProperty("severity").GetString()!, found.GetProperty("message").GetString()!);
    }

    public bool Has(string gate) => summary.RootElement.GetProperty("findings").EnumerateArray().Any(f => f.GetProperty("gate").GetString() == gate);

    /// <summary>Two 3g slices at the same work, alone and together.</summary>
    /// <param name="plant">What is wrong.</param>
    public static Task<BadRun> Pair(Workplace place, string plant, string times = "min_time: 50ms", string probe = "mem.read", params string[] more) => Of(place, $$"""
        name: bad
        device: sim:h200-141gb
        layouts: [2x3g.71gb]
        modes: [concurrent]
        effort: quick
        {{times}}
        repeats: 6
        probes: [{{probe}}]
        """, plant, more);

    public static async Task<BadRun> Of(Workplace place, string sweep, string plant, params string[] more)
    {
        var (file, folder) = (place.Write("sweep.yaml", sweep), place.At("run"));
        string[] planted = plant.Length == 0 ? [] : ["--plant", place.Write("plant.yaml", plant)];
        var ended = await Gpulab.Run(["run", file, .. planted, "--json", "-o", folder, .. more]);
        Assert.True(ended.Code == 0, ended.ToString());
        return new(ended, JsonDocument.Parse(ended.Out), folder);
    }
}
