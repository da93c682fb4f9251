using System.Globalization;
using System.Text.Json;
using GpuLab.Statistics;
using GpuLab.Tests.EndToEnd;

namespace GpuLab.Tests.Truth;

/// <summary>What the program said about one cell.</summary>
/// <param name="Kept">Of the performance alone.</param>
sealed record FoundCoupling(VerdictKind Verdict, double Kept, double Low, double High);

/// <summary>Runs of the built program on a simulated GPU: one victim beside one aggressor, cells that differ in size only, each with noise of its own.</summary>
static class TruthProgram
{
    /// <summary>The noise that plans assume where nothing is known: ratios of together to alone differ by 1 % from repeat to repeat.</summary>
    const string Noise = "noise: {within: 2%, between: 1%, phases: 0.7%}";

    /// <summary>Cells of one run: independent, because noise is drawn anew for each trial.</summary>
    const int Cells = 5;

    static readonly int Runs = int.TryParse(Environment.GetEnvironmentVariable("GPULAB_TRUTH_RUNS"), CultureInfo.InvariantCulture, out var runs) ? runs : 8;

    static readonly ulong FirstSeed = ulong.TryParse(Environment.GetEnvironmentVariable("GPULAB_TRUTH_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261121;

    /// <param name="percent">Of its memory bandwidth the victim loses to the aggressor.</param>
    public static async Task<IReadOnlyList<FoundCoupling>> Couplings(int percent, int repeats = LogRatio.LeastRepeats, string more = "", string plant = Noise)
    {
        var found = new List<FoundCoupling>();
        // Tests do not share seeds, or the luck of one would be that of all.
        var first = FirstSeed + (ulong)percent * 1_000_003 + (ulong)repeats * 7919;
        for (var run = 0; run < Runs; run++) found.AddRange(await Run(percent, repeats, more, plant, first + (ulong)run));
        return found;
    }

    static async Task<IEnumerable<FoundCoupling>> Run(int percent, int repeats, string more, string plant, ulong seed)
    {
        using var place = new Workplace();
        var sizes = string.Join(", ", Enumerable.Range(0, Cells).Select(i => string.Create(CultureInfo.InvariantCulture, $"{1024 + i}MiB")));
        var sweep = place.Write("truth.yaml", string.Create(CultureInfo.InvariantCulture, $$"""
            name: truth
            device: sim:h200-141gb
            layouts: [2x3g.71gb]
            modes: [dial]
            dial: [100%]
            effort: quick
            min_time: 20ms
            repeats: {{repeats}}
            probes: [{probe: mem.read, bytes: [{{sizes}}]}]
            exclude: [{slice: "3g.71gb@4"}]
            seed: {{seed}}
            """));
        var planted = place.Write("plant.yaml", string.Create(CultureInfo.InvariantCulture, $$"""
            {{plant}}
            coupling: {resource: memory, victim: 3g.71gb@0, aggressor: "*", aggressor_resource: memory, size: {{percent}}%}
            """));
        var ended = await Gpulab.Run([.. new[] { "run", sweep, "--plant", planted, "--in-process", "--json", "-o", place.At("run") }, .. more.Length == 0 ? [] : new[] { more }]);
        Assert.True(ended.Code == 0, ended.ToString());
        using var summary = JsonDocument.Parse(ended.Out);
        return [.. summary.RootElement.GetProperty("couplings").EnumerateArray().Select(Read)];
    }

    static FoundCoupling Read(JsonElement c) => new(Enum.Parse<VerdictKind>(c.GetProperty("verdict").GetString()!, ignoreCase: true),
        c.GetProperty("kept").GetDouble(), c.GetProperty("low").GetDouble(), c.GetProperty("high").GetDouble());
}
