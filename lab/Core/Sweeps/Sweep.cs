using GpuLab.Model;

namespace GpuLab.Sweeps;

/// <summary>What to measure, as read from a file: strict, complete, not yet held against a device.</summary>
/// <param name="Partitioner">Null for the device's default.</param>
/// <param name="Layouts">In file order; generated ones are expanded by the planner, which knows the device.</param>
/// <param name="Seed">Of everything random: order of cells, data, noise of simulated devices.</param>
public sealed record Sweep(string Name, DeviceId Device, string? Partitioner, IReadOnlyList<LayoutChoice> Layouts, IReadOnlyList<Mode> Modes,
    IReadOnlyList<ProbeChoice> Probes, IReadOnlyList<Exclusion> Exclude, Stopping Stopping, int Repeats, double? Budget, ulong Seed)
{
    /// <summary>The file's text, kept in the run folder.</summary>
    public string Text { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What aggressors do in the modes that have them; empty for the same as the victim.</summary>
    public IReadOnlyList<ProbeChoice> Aggressors { get; init; } = [];

    /// <summary>Workloads by slice, for mode <see cref="Mode.Mixed"/>.</summary>
    public IReadOnlyList<MixedWork> Mixed { get; init; } = [];

    /// <summary>Shares of their own solo rate at which aggressors work in mode <see cref="Mode.Dial"/>.</summary>
    public IReadOnlyList<double> Dial { get; init; } = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>Whether every repeat has slices that were made anew for it; otherwise each layout is cut once for all of its repeats.</summary>
    public bool CutEachRepeat { get; init; }

    /// <summary>The file's name, for errors that only the device can find.</summary>
    public string File { get; init; } = "";

    /// <summary>Where things stand in the file: <c>partitioner</c>, <c>modes/0</c>, <c>probes/2</c>, <c>exclude/1</c>.</summary>
    public IReadOnlyDictionary<string, TextPlace> Places { get; init; } = new Dictionary<string, TextPlace>();

    /// <summary>The key in <see cref="Places"/> of an entry of a list.</summary>
    public static string PlaceKey(string list, int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{list}/{index}");

    /// <summary>Where something stands; the file's beginning for what is not written in it.</summary>
    public TextPlace PlaceOf(string key) => Places.TryGetValue(key, out var place) ? place : new(1, 1);
}

/// <summary>Which slices work when (DESIGN, <c>modes</c>).</summary>
public enum Mode { Solo, Concurrent, Joint, Mixed, Matrix, Contention, Dial, Null }

/// <summary>One entry of <c>layouts</c>.</summary>
public abstract record LayoutChoice
{
    /// <summary>A layout written out.</summary>
    public sealed record Written(Layout Layout, TextPlace Place) : LayoutChoice;

    /// <summary>Layouts that the device's geometry yields.</summary>
    /// <param name="What"><c>maximal</c>, <c>uniform</c> or <c>all</c>.</param>
    public sealed record Generated(string What, Profile? Containing, int? Limit, TextPlace Place) : LayoutChoice;
}

/// <summary>One entry of <c>probes</c>: a probe and the values of its axes, already expanded.</summary>
public sealed record ProbeChoice(ProbeInfo Probe, IReadOnlyList<KeyValuePair<string, IReadOnlyList<ParameterValue>>> Axes);

/// <summary>One entry of <c>exclude</c>: cells that match all its conditions are left out.</summary>
/// <param name="Conditions">Key (probe, layout, mode, slice or a parameter) and what it must satisfy.</param>
public sealed record Exclusion(IReadOnlyList<KeyValuePair<string, Condition>> Conditions);

/// <summary>A test of one value: equal to one of some words, or compared with a number.</summary>
/// <param name="Operator"><c>=</c>, <c>!=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</param>
public sealed record Condition(string Operator, IReadOnlyList<ParameterValue> Values)
{
    public bool Matches(ParameterValue value) => Operator switch
    {
        "!=" => !Values.Any(v => Same(v, value)),
        "<" => Values.Any(v => value.Number < v.Number && !Same(v, value)),
        "<=" => Values.Any(v => value.Number < v.Number || Same(v, value)),
        ">" => Values.Any(v => value.Number > v.Number && !Same(v, value)),
        ">=" => Values.Any(v => value.Number > v.Number || Same(v, value)),
        _ => Values.Any(v => Same(v, value)),
    };

    /// <summary>Numbers of a range carry rounding errors that those written out do not.</summary>
    static bool Same(ParameterValue a, ParameterValue b) =>
        a.IsWord || b.IsWord ? a.Word == b.Word : Math.Abs(a.Number - b.Number) <= 1e-12 * Math.Max(Math.Abs(a.Number), Math.Abs(b.Number));
}

/// <summary>When a repeat has enough samples (MEASUREMENT 2.7).</summary>
/// <param name="Precision">Relative half-width of the median's 95 % interval; null for the probe's own.</param>
/// <param name="MinSamples">Samples needed.</param>
/// <param name="MinTime">Seconds of timed work needed.</param>
/// <param name="MaxTime">Seconds after which the repeat ends with the flag <c>TIMEOUT</c>.</param>
/// <param name="Warmup">Seconds of unrecorded work before.</param>
public sealed record Stopping(double? Precision, int MinSamples, double MinTime, double MaxTime, double Warmup)
{
    public static readonly Stopping Quick = new(0.05, 15, 0.1, 0.4, 0.02);
    public static readonly Stopping Normal = new(null, 30, 0.5, 15, 0.1);
    public static readonly Stopping Reference = new(null, 30, 2, 60, 0.5);

    /// <summary>Seconds of work before a repeat counts: as long as the probe that asks for most wants to be under load.</summary>
    public double WarmupOf(IEnumerable<Work> works) => works.Select(w => w.Probe.Sustained is { } seconds ? w.Parameters.Number(seconds, 0) : 0).Append(Warmup).Max();

    /// <summary>Samples after which a repeat of a probe ends whose samples are slow: its own number, in proportion to what is asked of others.</summary>
    public int SlowCount(SlowSamples slow) => Math.Max(SlowSamples.Least, (int)Math.Ceiling(slow.Count * (double)MinSamples / Normal.MinSamples));
}

/// <summary>A place in a file, counted from 1.</summary>
public readonly record struct TextPlace(int Line, int Column);

/// <summary>One thing that is wrong with a file: where, what, and what to do.</summary>
public sealed record SweepError(string File, TextPlace Place, string Message)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Place.Line}:{Place.Column}: {Message}");
}
