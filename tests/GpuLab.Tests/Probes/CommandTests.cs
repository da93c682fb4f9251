using System.Diagnostics;
using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Commands;
using GpuLab.Running;
using GpuLab.Tests.EndToEnd;
using GpuLab.Tests.Sweeps;

namespace GpuLab.Tests.Probes;

[Collection(nameof(HostProbes))]
public sealed class CommandTests : IDisposable
{
    readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Json_lines_are_samples_also_with_times_of_the_program()
    {
        var samples = Samples(4, """for i in 1 2 3 4; do echo '{"rate": 12'$i'}'; done; sleep 60""");
        Assert.Equal([121, 122, 123, 124], samples.Where(s => s.Metric == 0).Select(s => s.Value));
        Assert.All(samples, s => Assert.True(s.End >= s.Start));
        var start = Monotonic.Now;
        var own = Samples(1, $$"""sleep 0.05; read up rest < /proc/uptime; echo '{"seconds": 0.25, "start_ns": 1, "end_ns": 2}'; sleep 60""");
        // Times before the program was there are not believed.
        Assert.True(own[0].Start >= start);
        Assert.Equal(4, own[0].Value);
    }

    [Theory]
    [InlineData("""echo '{"results": {"speed": 7}}'""", "figure", "results.speed", 7.0)]
    [InlineData("""echo 'eval: 12.5 tokens per second'""", "pattern", @"([\d.]+) tokens", 12.5)]
    [InlineData("""echo 'a 1 b 2e3'""", "pattern", @"a (\d) b (?<value>\S+)", 2000.0)]
    [InlineData("""echo 'said on standard error: 5' >&2""", "pattern", @"error: (\d+)", 5.0)]
    [InlineData("""printf 'no newline: 6'""", "pattern", @"newline: (\d+)", 6.0)]
    public void A_named_figure_is_found(string command, string name, string value, double expected) =>
        Assert.Equal(expected, Samples(1, command, (name, Text(value)))[0].Value);

    [Fact]
    public void A_program_that_prints_nothing_is_counted_by_its_executions()
    {
        var samples = Samples(3, "sleep 0.05");
        Assert.All(samples.Where(s => s.Metric == 0), s => Assert.InRange(s.Value, 0.01, 20));
        Assert.All(samples.Where(s => s.Metric == 1), s => Assert.True(s.Value >= 0.05));
    }

    [Theory]
    [InlineData("echo last words; exit 3", null, "ended with exit code 3; its last words: last words")]
    [InlineData("gpulab-no-such-program", null, "was not found (exit code 127)")]
    [InlineData("kill -9 $$", null, "was ended by signal 9")]
    [InlineData("echo nothing", "speed", "ended without printing its figure; its last words: nothing")]
    [InlineData("""echo '{"speed": "fast"}'""", "speed", "the figure is no number")]
    [InlineData("""echo '{"speed": -1}'""", "speed", "the figure is not greater than zero")]
    [InlineData("sleep 60", "speed", "printed no figure for 0.3 s")]
    public void A_program_that_fails_is_an_error_that_says_how(string command, string? figure, string reason)
    {
        (string, ParameterValue)[] own = figure is null ? [] : [("figure", Text(figure))];
        var wrong = Assert.Throws<WorkerException>(() => Samples(1, command, [.. own, ("timeout", ParameterValue.Seconds(0.3))]));
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "what to run is missing")]
    [InlineData("both", "by 'figure' or by 'pattern', not by both")]
    [InlineData("(", "is no regular expression")]
    [InlineData("rate", "has no group")]
    public void A_wrong_cell_is_refused_before_a_run(string what, string reason)
    {
        var cell = new List<KeyValuePair<string, ParameterValue>>();
        if (what != "missing") cell.Add(new("command", Text("true")));
        if (what == "both") cell.Add(new("figure", Text("x")));
        if (what != "missing") cell.Add(new("pattern", Text(what)));
        IForesight command = new CommandProbe();
        Assert.Contains(reason, command.Obstacle(new(0, "whole", "whole", 0, 1, [], new Dictionary<string, string>()), new([.. cell])), StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_has_the_slices_processors_and_environment()
    {
        var cpu = Bench.Cpus[^1];
        var samples = Samples(2, $$"""echo "{\"rate\": $(nproc)}"; echo "{\"rate\": $((GPULAB_CPUS + 1))}"; sleep 60""", [cpu]);
        Assert.Equal([1, cpu + 1], samples.Where(s => s.Metric == 0).Select(s => s.Value));
    }

    /// <summary>It ignores the request to end, starts children that do, and one of them leaves the session.</summary>
    [Fact]
    public void A_program_that_ignores_signals_is_ended_with_all_it_started()
    {
        var mark = Guid.NewGuid().ToString("N");
        var before = Stopwatch.GetTimestamp();
        Samples(1, $$"""
            trap '' TERM HUP INT
            sh -c "trap '' TERM; : {{mark}}; while :; do sleep 1; done" &
            setsid sh -c "trap '' TERM; : {{mark}}; while :; do sleep 1; done" &
            sleep 0.2; echo '{"rate": 1}'; : {{mark}}; while :; do sleep 1; done
            """, ("grace", ParameterValue.Seconds(0.2)));
        Assert.InRange(Stopwatch.GetElapsedTime(before).TotalSeconds, 0.4, 60);
        Assert.Empty(Living(mark));
    }

    [Fact]
    public void What_a_program_left_behind_goes_with_it()
    {
        var mark = Guid.NewGuid().ToString("N");
        Samples(1, $$"""sh -c ": {{mark}}; while :; do sleep 1; done" & echo '{"rate": 1}'""");
        Assert.Empty(Living(mark));
    }

    List<Sample> Samples(int figures, string command, params (string, ParameterValue)[] more) => Samples(figures, command, [Bench.Cpus[0]], more);

    /// <summary>Runs a phase until there are so many figures; then the phase ends.</summary>
    List<Sample> Samples(int figures, string command, IReadOnlyList<int> cpus, params (string, ParameterValue)[] more)
    {
        using var probe = (CommandRun)new CommandProbe().Prepare(bench.Request(1, [("command", Text(command)), .. more]) with { Cpus = cpus });
        var samples = new List<Sample>();
        var sink = new SampleSink(bench.Ring);
        probe.Begin(paced: false);
        var late = Stopwatch.StartNew();
        while (samples.Count < 2 * figures)
        {
            probe.Sample(ref sink);
            bench.Ring.Drain(samples);
            Assert.True(late.Elapsed < TimeSpan.FromMinutes(1), "no figures");
        }
        probe.End(ref sink);
        return samples;
    }

    /// <summary>Processes in whose command line a text occurs, other than zombies.</summary>
    static List<string> Living(string text)
    {
        // What has been killed may take a moment to go.
        for (var turn = 0; ; turn++)
        {
            var living = Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out _) && CommandLine(d).Contains(text, StringComparison.Ordinal)).ToList();
            if (living.Count == 0 || turn == 100) return living;
            Thread.Sleep(20);
        }
    }

    static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    static ParameterValue Text(string text) => new(ParameterType.Text, double.NaN, text);
}

[Collection(Outside.Name)]
public sealed class CommandRunTests : IDisposable
{
    readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task The_example_runs_on_every_slice_at_once()
    {
        var script = Repository.Folder("scripts/workloads/sha256.py");
        var sweep = place.Write("command.yaml", $$"""
            name: command
            device: host
            layouts: [2x1c]
            modes: [concurrent]
            effort: quick
            min_samples: 3
            max_time: 1s
            repeats: 1
            probes: [{probe: command, command: "python3 '{{script}}'"}]
            """);
        var ended = await Gpulab.Run("run", sweep, "--out", place.At("run"));
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Equal("ok", Assert.Single(Workplace.Finished(place.At("run"))).Status);
        Assert.Contains("command", ended.Out, StringComparison.Ordinal);
        Assert.Contains("\"rate\"", await File.ReadAllTextAsync(place.At("run/workers/1c@1.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kill_of_the_run_ends_the_programs_too()
    {
        var mark = Guid.NewGuid().ToString("N");
        var sweep = place.Write("command.yaml", $$"""
            name: command
            device: host
            layouts: [whole]
            effort: quick
            repeats: 1
            max_time: 60s
            min_samples: 1000
            probes: [{probe: command, command: "trap '' TERM; : {{mark}}; while :; do echo '{\"rate\": 1}'; sleep 0.1; done"}]
            """);
        using var run = Gpulab.Start("run", sweep, "--out", place.At("run"));
        while (!Processes(mark).Any())
        {
            Assert.True(run.Running, "ended before the command started");
            await Task.Delay(20);
        }
        Process.GetProcessById(run.Pid).Kill();
        for (var turn = 0; turn < 200 && Processes(mark).Any(); turn++) await Task.Delay(50);
        Assert.Empty(Processes(mark));
    }

    static IEnumerable<string> Processes(string text) => Directory.EnumerateFiles("/proc", "cmdline", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true })
        .Where(f => Read(f) is var line && line.Contains(text, StringComparison.Ordinal) && line.StartsWith("/bin/sh", StringComparison.Ordinal));

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
