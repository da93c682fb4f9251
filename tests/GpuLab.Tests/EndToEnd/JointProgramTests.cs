using System.Text.Json;

namespace GpuLab.Tests.EndToEnd;

/// <summary>One piece of work on several slices through the program: real worker processes on this machine, and a simulated GPU.</summary>
[Collection(Outside.Name)]
public sealed class JointProgramTests : IDisposable
{
    readonly Workplace place = new();

    [Fact]
    public async Task Two_slices_share_a_model_and_its_training_and_stand_beside_the_one_that_does_it_alone()
    {
        var sweep = place.Write("joint.yaml", """
            name: joint
            device: host
            layouts: [whole, 2x1c]
            modes: [solo, joint]
            probes:
              - {probe: llm.pipeline, model: tiny, batch: 4, tokens: 20, microbatches: [1, 4]}
              - {probe: train.step, width: 64, hidden: 96, heads: 2, layers: 1, vocabulary: 64, tokens: 33, batch: 4}
              - mem.read
            exclude: [{layout: "!=whole", mode: solo}, {layout: whole, microbatches: 4}]
            effort: quick
            repeats: 2
            """);
        var ended = await Gpulab.Run("run", sweep, "--json", "-o", place.At("run"));
        Assert.True(ended.Code == 0, ended.ToString());
        using var summary = JsonDocument.Parse(ended.Out);
        var studies = summary.RootElement.GetProperty("joint").EnumerateArray().ToDictionary(s => s.GetProperty("probe").GetString()!);
        Assert.Equal(["llm.pipeline", "train.step"], studies.Keys.Order(StringComparer.Ordinal));

        var ways = studies["llm.pipeline"].GetProperty("ways").EnumerateArray().ToList();
        Assert.Equal(["1 1", "2 1", "2 4"], ways.Select(w => $"{w.GetProperty("slices")} {w.GetProperty("microbatches")}").Order(StringComparer.Ordinal));
        foreach (var way in ways.Where(w => w.GetProperty("slices").GetInt32() == 2))
        {
            Assert.InRange(way.GetProperty("bubble").GetDouble(), 0, 1);
            Assert.True(way.GetProperty("handover").GetDouble() > 0);
            Assert.True(way.GetProperty("ratio").GetDouble() > 0);
        }
        Assert.True(studies["train.step"].GetProperty("ways").EnumerateArray().Single(w => w.GetProperty("slices").GetInt32() == 2).GetProperty("exchange").GetDouble() > 0);

        var events = await File.ReadAllTextAsync(Path.Combine(place.At("run"), "events.jsonl"));
        Assert.Contains("all layers on this slice alone", events, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-data", events, StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(Path.Combine(place.At("run"), "report.html"));
        Assert.Contains("One slice or several as one", page, StringComparison.Ordinal);
        Assert.Contains("each slice can only do all of it", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_simulated_gpu_says_when_two_halves_are_better_and_what_only_they_can_hold()
    {
        var ended = await Gpulab.Run("run", Path.Combine(Sources.Root, "scripts", "sweeps", "pipeline-h200.yaml"), "--json", "-o", place.At("run"));
        Assert.True(ended.Code == 0, ended.ToString());
        using var summary = JsonDocument.Parse(ended.Out);
        var verdicts = summary.RootElement.GetProperty("joint").EnumerateArray().SelectMany(s => s.GetProperty("verdicts").EnumerateArray().Select(v => $"{s.GetProperty("parameters")}: {v}")).ToList();
        Assert.Contains(verdicts, v => v.Contains("work=decode", StringComparison.Ordinal) && v.EndsWith("slower", StringComparison.Ordinal));
        Assert.All(verdicts, v => Assert.Contains("7g.141gb", v, StringComparison.Ordinal));
        Assert.Equal(5, verdicts.Count);
        var page = await File.ReadAllTextAsync(Path.Combine(place.At("run"), "report.html"));
        Assert.Contains("Simulated: predicted, not measured", page, StringComparison.Ordinal);
        Assert.Contains("80 of 80 layers of llama-3.1-70b take", page, StringComparison.Ordinal);
    }

    public void Dispose() => place.Dispose();
}
