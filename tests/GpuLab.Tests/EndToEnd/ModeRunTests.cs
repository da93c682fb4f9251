using System.Globalization;
using System.Text.Json;

namespace GpuLab.Tests.EndToEnd;

/// <summary>Modes in which slices work beside each other, through the program: on this machine, and on simulated devices where the outcome must be known.</summary>
[Collection(Outside.Name)]
public sealed class ModeRunTests : IDisposable
{
    readonly Workplace place = new();

    [Fact]
    public async Task Every_mode_runs_on_this_machine_and_shows_its_proof()
    {
        var sweep = place.Write("modes.yaml", """
            name: modes
            device: host
            layouts: [2x1c]
            modes: [contention, dial, mixed, matrix, "null"]
            dial: [0%, 50%, 100%]
            mixed: [{slice: 1c@0, probe: compute.fp64}, {slice: others, probe: mem.curve, bytes: 64KiB}]
            probes: [compute.fp64]
            effort: quick
            min_time: 20ms
            max_time: 100ms
            repeats: 1
            """);
        var ended = await Gpulab.Run("run", sweep, "--json", "-o", place.At("run"));
        Assert.True(ended.Code == 0, ended.ToString());
        using var summary = JsonDocument.Parse(ended.Out);
        var root = summary.RootElement;
        var modes = root.GetProperty("couplings").EnumerateArray().GroupBy(c => Text(c, "mode")).ToDictionary(g => g.Key, g => g.ToList());

        Assert.Equal([1, 2], root.GetProperty("contention")[0].GetProperty("points").EnumerateArray().Select(p => p.GetProperty("slices").GetInt32()));
        Assert.Equal(2, root.GetProperty("dials").GetArrayLength());
        foreach (var dial in root.GetProperty("dials").EnumerateArray())
        {
            Assert.Equal([0, 0.5, 1], dial.GetProperty("points").EnumerateArray().Select(p => p.GetProperty("duty").GetDouble()));
            // On a machine under load what one does alone changes from moment to moment; how exact a dial is, is known from simulated devices.
            Assert.InRange(dial.GetProperty("points")[1].GetProperty("achieved").GetDouble(), 0.02, 2);
        }
        Assert.Equal(2, root.GetProperty("null_checks").GetArrayLength());
        Assert.Equal(6, root.GetProperty("null_rate").GetProperty("comparisons").GetInt32() + Invalid(root));
        Assert.Equal(["compute.fp64/rate", "mem.curve/bandwidth"], modes["mixed"].Select(c => Text(c, "metric")));
        Assert.Equal(["", "", "compute.fp64 on 1c@0", "compute.fp64 on 1c@1"], modes["matrix"].Select(c => Text(c, "beside")).Order(StringComparer.Ordinal));
        foreach (var coupling in modes.Values.SelectMany(m => m))
        {
            Assert.True(coupling.GetProperty("window").GetDouble() > 0 || Text(coupling, "verdict") == "INVALID", coupling.ToString());
            Assert.InRange(coupling.GetProperty("busy").GetDouble(), 0, 1);
            Assert.Contains(Text(coupling, "verdict"), (string[])["UNDECIDED", "INVALID"]);
        }
        var page = await File.ReadAllTextAsync(Path.Combine(place.At("run"), "report.html"));
        foreach (var heading in (string[])["Isolation", "Interference", "Alone against together", "The same cell twice"]) Assert.Contains(heading, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_smallest_effect_is_told_from_the_noise_of_an_earlier_run()
    {
        var sweep = Pair(repeats: 8);
        var plant = place.Write("plant.yaml", "noise: {within: 0.2%, between: 0, phases: 3%}");
        var earlier = place.At("earlier");
        var measured = await Gpulab.Run("run", sweep, "--plant", plant, "--in-process", "-o", earlier);
        var assumed = await Gpulab.Run("run", sweep, "--dry-run");
        var known = await Gpulab.Run("run", sweep, "--dry-run", "--noise-from", earlier);
        Assert.True(measured.Code == 0 && assumed.Code == 0 && known.Code == 0, $"{measured}{assumed}{known}");

        Assert.Contains("differ by 1.00 % (assumed)", Flat(assumed.Out), StringComparison.Ordinal);
        // Three phases of 3 % each make ratios that differ by √1.5 × 3 %, as eight repeats tell it.
        var told = System.Text.RegularExpressions.Regex.Match(Flat(known.Out), @"8 repeats show changes from ([0-9.]+) %, where they differ by ([0-9.]+) % \((.*?)\); ISOLATED \(±2\.00 %\) would take about ([0-9]+)");
        Assert.True(told.Success, known.Out);
        Assert.InRange(double.Parse(told.Groups[2].ValueSpan, CultureInfo.InvariantCulture), 2, 6);
        Assert.Equal(earlier, told.Groups[3].Value);
        Assert.True(int.Parse(told.Groups[4].ValueSpan, CultureInfo.InvariantCulture) > 8);
    }

    [Fact]
    public async Task Noise_from_what_is_no_run_is_wrong_usage()
    {
        var ended = await Gpulab.Run("run", Pair(), "--dry-run", "--noise-from", place.At("nothing"));
        Assert.Equal(2, ended.Code);
        Assert.Contains(place.At("nothing"), ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resumed_run_counts_the_repeats_that_it_finds_towards_certainty()
    {
        var folder = place.At("run");
        var plant = place.Write("plant.yaml", "noise: {within: 0.2%, between: 1%, phases: 0.05%}");
        using (var first = Gpulab.Start("run", Pair(repeats: 30), "--plant", plant, "--time-scale", "0.2", "-o", folder))
        {
            await Workplace.Until(first, folder, 4);
            first.Signal(2);
            var interrupted = await first.End();
            Assert.True(interrupted.Code == 130, interrupted.ToString());
        }
        var before = Workplace.Finished(folder).Count;
        Assert.InRange(before, 4, 29);
        var resumed = await Gpulab.Run("run", "--resume", folder, "--until-decided");
        Assert.True(resumed.Code == 0, resumed.ToString());

        var done = Workplace.Finished(folder);
        var measured = done.Count(d => d.Status == "ok");
        Assert.Equal(30, done.Count);
        // So quiet a cell is certain after six repeats, of which the interrupted run had some.
        Assert.Equal(Math.Max(6, before), measured);
        Assert.All(done.Where(d => d.Status == "decided"), d => Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"after {measured} repeats"), d.Reason, StringComparison.Ordinal));
    }

    public void Dispose() => place.Dispose();

    string Pair(int repeats = 6) => place.Write("pair.yaml", string.Create(CultureInfo.InvariantCulture, $"name: pair\ndevice: sim:h200-141gb\nlayouts: [2x3g.71gb]\nmodes: [concurrent]\neffort: quick\nmin_time: 20ms\nrepeats: {repeats}\nprobes: [mem.read]\n"));

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    static int Invalid(JsonElement root) => root.GetProperty("null_checks").EnumerateArray().Sum(n => ((string[])["first", "second", "verdict"]).Count(v => Text(n, v) == "INVALID"));

    /// <summary>The terminal breaks lines where it likes.</summary>
    static string Flat(string text) => string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
