using System.Globalization;
using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Results;

namespace GpuLab.Reports.Html;

/// <summary>The whole run over time: which layout was measured when, what the device's clocks, power and temperatures did, and what held it back.</summary>
static class TelemetrySection
{
    /// <summary>Scopes drawn one by one; of more, such as many processors, the least, the middle and the most.</summary>
    const int MostScopes = 4;

    /// <summary>Fewer readings of a trial draw no course.</summary>
    const int LeastReadings = 3;

    /// <summary>Relative change that is worth a plot.</summary>
    const double Notable = 0.005;

    const string Reasons = "clocks_event_reasons";

    /// <summary>Bits of NVML's reasons why a clock is lower than it could be. Idle (0x1) and clocks that a user set (0x2) hold nothing back.</summary>
    static readonly (int Bit, string Name)[] reasons = [(0x4, "power cap"), (0x8, "hardware slowdown"), (0x10, "sync boost"), (0x20, "heat (software)"), (0x40, "heat (hardware)"), (0x80, "power brake")];

    /// <summary>How fields are shown, by the suffix that is their unit. Counters are shown as what they grow by in a second.</summary>
    static readonly Dictionary<string, (string Title, string Unit, bool Counter)> fields = new(StringComparer.Ordinal)
    {
        ["clock_hz"] = ("clock", "Hz", false), ["memory_clock_hz"] = ("memory clock", "Hz", false), ["power_w"] = ("power", "W", false), ["temperature_c"] = ("temperature", "°C", false),
        ["load"] = ("load average", "1", false), ["memory_available_bytes"] = ("memory available", "B", false), ["steal_s"] = ("time given to other guests", "%", true), ["context_switches"] = ("context switches a second", "1", true),
    };

    sealed record Track(string Scope, IReadOnlyList<XY> Points);

    public static Section? Of(ReportModel model)
    {
        var run = model.Analysis.Run;
        var trials = run.Events.OfType<TrialDone>().GroupBy(d => d.Trial).Select(g => g.Last()).OrderBy(d => d.TimeNs).ToList();
        var readings = run.Telemetry.Where(t => double.IsFinite(t.Value)).ToList();
        if (trials.Count < 2 || readings.Count == 0) return null;
        var clock = Clock(model.Simulated, readings, trials);
        var spans = Spans(model.Simulated, trials, clock);
        var drawings = new List<(Plot Plot, string Caption)> { (Work(model, spans), model.Simulated ? "In which order the layouts were taken." : "Which layout was measured when; gaps are changes of layout and starts of workers.") };
        var level = new List<string>();
        foreach (var (name, (title, unit, counter)) in fields)
        {
            if (counter && model.Simulated) continue;
            var tracks = readings.Where(t => t.Field == name).GroupBy(t => t.Scope).Select(g => Tracked(g.Key, [.. g], clock, counter)).Where(t => t.Points.Count > 1).ToList();
            if (counter) tracks = tracks.Where(t => t.Scope == "device").DefaultIfEmpty(tracks.FirstOrDefault()).OfType<Track>().ToList();
            if (tracks.Count == 0) continue;
            var (low, high) = (tracks.Min(t => t.Points.Min(p => p.Y)), tracks.Max(t => t.Points.Max(p => p.Y)));
            if (high - low <= Notable * Math.Abs(high)) level.Add($"{title} {Pretty.Value(high, unit)}");
            else drawings.Add((Drawn(model, title, unit, tracks, name == "power_w" ? Limit(readings) : null), ""));
        }
        if (Held(model, readings, spans) is { } held) drawings.Add((held, "Why the clock was lower than it could be, as the device said."));
        var still = level.Count == 0 ? "" : $"The same throughout: {string.Join(", ", level)}.";
        return drawings.Count == 1 && level.Count == 0 ? null : new("telemetry", "The run over time", Html.Of($"{drawings.Select(d => Parts.Plot(model, d.Plot, d.Caption))}{Html.When(still.Length > 0, () => Html.Of($"<p>{still}</p>"))}"));
    }

    /// <summary>What the device did during one trial, on the clock of its samples; nothing where it was not read often enough to say, or is simulated and has no such clock.</summary>
    /// <param name="at">Place of a time, from 0 to <paramref name="end"/>.</param>
    internal static IEnumerable<Plot> During(ReportModel model, string trial, Func<long, double> at, double end, Window window)
    {
        var readings = model.Simulated ? [] : model.Analysis.Run.Telemetry.Where(t => t.Trial == trial && double.IsFinite(t.Value) && at(t.TimeNs) >= 0 && at(t.TimeNs) <= end).ToList();
        foreach (var (name, (title, unit, counter)) in fields.Where(f => !f.Value.Counter))
        {
            var tracks = readings.Where(t => t.Field == name).GroupBy(t => t.Scope).Select(g => Tracked(g.Key, [.. g], (_, ns) => at(ns), counter)).Where(t => t.Points.Count >= LeastReadings).ToList();
            if (tracks.Count == 0) continue;
            var plot = Drawn(model, title, unit, tracks, name == "power_w" ? Limit(readings) : null);
            yield return plot with { Title = $"Trial {trial}: {title}", X = new Linear("time", "s", 0, end), Marks = [window, .. plot.Marks] };
        }
    }

    /// <summary>Seconds since the run began; of a simulated device, where no time passes that means anything, the number of the trial.</summary>
    static Func<string, long, double> Clock(bool simulated, IReadOnlyList<TelemetryRow> readings, IReadOnlyList<TrialDone> trials)
    {
        if (simulated)
        {
            var places = trials.Select((d, i) => (d.Trial, i)).ToDictionary(d => d.Trial, d => d.i + 1.0);
            return (trial, _) => places.GetValueOrDefault(trial, double.NaN);
        }
        var origin = Math.Min(readings.Where(r => r.Trial.Length > 0).Select(r => r.TimeNs).DefaultIfEmpty(long.MaxValue).Min(), trials.Min(d => d.TimeNs - (long)(d.WallSeconds * 1e9)));
        return (_, ns) => (ns - origin) * 1e-9;
    }

    /// <summary>When each trial ran, in units of the clock.</summary>
    static List<(string Trial, double From, double To)> Spans(bool simulated, IReadOnlyList<TrialDone> trials, Func<string, long, double> clock) =>
        [.. trials.Select(d => (d.Trial, To: clock(d.Trial, d.TimeNs), d.WallSeconds)).Select(d => (d.Trial, simulated ? d.To - 1 : d.To - d.WallSeconds, d.To))];

    static Plot Work(ReportModel model, IReadOnlyList<(string Trial, double From, double To)> spans)
    {
        var layouts = model.Analysis.Run.Plan.Layouts.Select(l => l.Layout).Distinct().ToList();
        var cells = model.Analysis.Run.Plan.Cells.ToDictionary(c => string.Create(CultureInfo.InvariantCulture, $"c{c.Number}"), c => c.Layout);
        var strips = spans.Select(s => (s.From, s.To, Layout: cells.GetValueOrDefault(s.Trial[..Math.Max(0, s.Trial.IndexOf('r', StringComparison.Ordinal))]))).Where(s => s.Layout is not null)
            .Select(s => new Strip(s.From, s.To, layouts.IndexOf(s.Layout!))).ToList();
        return new("What was measured when", Time(model), new Band("layout", layouts), new Strips(new(0, "trials"), Strips.Joined(strips, End(spans) / 1500))) { Simulated = model.Simulated, Description = "One row a layout; a stretch is trials without a break." };
    }

    static double End(IReadOnlyList<(string Trial, double From, double To)> spans) => spans.Select(s => s.To).DefaultIfEmpty(1).Max();

    static Linear Time(ReportModel model, double? end = null) => model.Simulated ? new("trials, in order", "1", 0, end) : new("time", "s", 0, end);

    static Track Tracked(string scope, IReadOnlyList<TelemetryRow> rows, Func<string, long, double> clock, bool counter)
    {
        var points = rows.OrderBy(r => r.TimeNs).Select(r => new XY(clock(r.Trial, r.TimeNs), r.Value)).Where(p => double.IsFinite(p.X)).ToList();
        return new(scope, counter ? [.. points.Zip(points.Skip(1)).Where(p => p.Second.X > p.First.X).Select(p => new XY(p.Second.X, (p.Second.Y - p.First.Y) / (p.Second.X - p.First.X)))] : points);
    }

    static Plot Drawn(ReportModel model, string title, string unit, List<Track> tracks, double? limit)
    {
        var marks = new List<Mark>();
        if (tracks.Count <= MostScopes) marks.AddRange(tracks.Select((t, i) => new Line(new(i, t.Scope == "device" ? title : t.Scope), t.Points)));
        else
        {
            var byTime = tracks.SelectMany(t => t.Points).GroupBy(p => p.X).OrderBy(g => g.Key).Select(g => (g.Key, Values: g.Select(p => p.Y).Order().ToList())).ToList();
            marks.Add(new Ribbon(new(0, $"middle of {tracks.Count}"), [.. byTime.Select(g => (g.Key, new Estimate(g.Values[g.Values.Count / 2], g.Values[0], g.Values[^1])))]));
            marks.Add(new Line(new(0, FormattableString.Invariant($"middle of {tracks.Count}")), [.. byTime.Select(g => new XY(g.Key, g.Values[g.Values.Count / 2]))]));
        }
        if (limit is { } most && tracks.Max(t => t.Points.Max(p => p.Y)) is var top && most < 1.5 * top) marks.Insert(0, new Rule("limit", new(0, most), new(tracks.Max(t => t.Points[^1].X), most)));
        return new($"{char.ToUpperInvariant(title[0])}{title[1..]}", Time(model), new Linear(title, unit), [.. marks]) { Aspect = 0.2, Simulated = model.Simulated, Description = $"{title} over the run." };
    }

    static double? Limit(IReadOnlyList<TelemetryRow> readings) => readings.Where(r => r.Field == "power_limit_w").Select(r => (double?)r.Value).FirstOrDefault();

    /// <summary>A row a reason, in the trials in which the device gave it; null where nothing held it back.</summary>
    static Plot? Held(ReportModel model, IReadOnlyList<TelemetryRow> readings, IReadOnlyList<(string Trial, double From, double To)> spans)
    {
        var said = readings.Where(r => r.Field == Reasons).GroupBy(r => r.Trial).ToDictionary(g => g.Key, g => g.Aggregate(0L, (bits, r) => bits | (long)r.Value));
        var seen = reasons.Where(reason => said.Values.Any(bits => (bits & reason.Bit) != 0)).ToList();
        var strips = seen.SelectMany((reason, row) => spans.Where(s => (said.GetValueOrDefault(s.Trial) & reason.Bit) != 0).Select(s => new Strip(s.From, s.To, row))).ToList();
        return strips.Count == 0 ? null : new("What held the clock back", Time(model, End(spans)), new Band("reason", [.. seen.Select(s => s.Name)]), new Strips(new(1, "held back"), Strips.Joined(strips, 0))) { Simulated = model.Simulated, Description = "One row a reason; a stretch is the trials in which it was given." };
    }
}
