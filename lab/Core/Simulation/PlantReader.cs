using System.Text;
using GpuLab.Model;
using GpuLab.Sweeps;
using GpuLab.Sweeps.Reading;

namespace GpuLab.Simulation;

/// <summary>A plant file, or everything that is wrong with it; never both.</summary>
/// <param name="Errors">By line, then by column.</param>
public sealed record PlantReading(Plant? Plant, IReadOnlyList<SweepError> Errors);

/// <summary>Reads plant files (FORMATS, "Simulated devices") as strictly as sweeps: every key is known, every error has its place.</summary>
public static class PlantReader
{
    const string Kind = "a plant file";

    static readonly Fields<PlantDraft> fields = new(Kind,
    [
        Effect("coupling", "a victim slows down while an aggressor works beside it", CouplingFields, d => new PlantedEffect.Coupling(d.Where, d.Aggressor, d.Size)),
        Effect("drift", "performance changes with time", DriftFields, d => new PlantedEffect.Drift(d.Where, d.PerSecond, d.PerRepeat)),
        Effect("noise", "relative deviation within and between repeats and their phases", NoiseFields, d => new PlantedEffect.Noise(d.Where, d.Within, d.Between, d.Phases)),
        Effect("outliers", "a share of the samples takes longer", OutlierFields, d => new PlantedEffect.Outliers(d.Where, d.Share, d.Size)),
        Effect("bimodal", "a share of the time everything takes longer", BimodalFields, d => new PlantedEffect.Bimodal(d.Where, d.Share, d.Size, d.Run)),
        Effect("throttle", "the clock goes down", ThrottleFields, d => new PlantedEffect.Throttle(d.Where, d.After, d.To)),
        Effect("late", "a worker starts after the others", LateFields, d => new PlantedEffect.Late(d.Where, d.After)),
        Effect("clock", "a worker's clock is wrong", ClockFields, d => new PlantedEffect.Clock(d.Where, d.Offset, d.PerSecond, d.Lie)),
        Effect("die", "a worker is killed", AfterFields, d => new PlantedEffect.Die(d.Where, d.After)),
        Effect("hang", "a worker stops producing samples", AfterFields, d => new PlantedEffect.Hang(d.Where, d.After)),
        Effect("stop", "a worker takes no more samples of a phase, and lives on", AfterFields, d => new PlantedEffect.Stop(d.Where, d.After)),
        Effect("slow_link", "the host link is slower than it should be", ToFields, d => new PlantedEffect.SlowLink(d.Where, d.To)),
        Effect("slow_disk", "the machine's storage is slower than declared", ToFields, d => new PlantedEffect.SlowDisk(d.Where, d.To)),
        Effect("unfair_link", "the host link is not shared evenly", WeightFields, d => new PlantedEffect.UnfairLink(d.Where, d.Weight)),
        Effect("bad_sm", "one SM is slow", ToFields, d => new PlantedEffect.BadSm(d.Where, d.To)),
    ]);

    /// <param name="file">Its name, for messages.</param>
    public static PlantReading Read(string text, string file)
    {
        var errors = new Errors(file);
        var body = text.StartsWith('\uFEFF') ? text[1..] : text;
        var root = TextCheck.Passes(body, errors, Kind) ? NodeReader.Read(body, errors, Kind) : null;
        var draft = new PlantDraft();
        if (root is not null && fields.Read(root, errors, draft) && draft.Effects.Count == 0) errors.Add(root.Place, "no effect is planted.");
        return errors.Any ? new(null, errors.InOrder()) : new(new(draft.Effects), []);
    }

    /// <summary>Reads a file's bytes: UTF-8 of a size that such a file can have.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PlantReading ReadFile(string path)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[TextCheck.MaxLength + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Read(Encoding.UTF8.GetString(bytes, 0, length), path);
    }

    static Field<PlantDraft> Effect(string name, string summary, Func<IReadOnlyList<Field<EffectDraft>>> own, Func<EffectDraft, PlantedEffect> make)
    {
        var map = new Fields<EffectDraft>($"'{name}'", [.. own(), .. WhereFields()]);
        var list = new ListKind<PlantedEffect>($"a map of what '{name}' needs, or a list of them", new EffectKind(map, make), 1000);
        return Field<PlantDraft>.Of(name, summary, list, (d, effects) => d.Effects.AddRange(effects.Select(e => e.Value)));
    }

    static IReadOnlyList<Field<EffectDraft>> WhereFields() =>
    [
        Field<EffectDraft>.Of("slice", "only this slice, by name or profile; * for any rest", Pattern(), (d, v) => d.Where = d.Where with { Slice = v }),
        Field<EffectDraft>.Of("resource", "only probes of this resource", Resource(), (d, v) => d.Where = d.Where with { Resource = v }),
        Field<EffectDraft>.Of("probe", "only this probe; * for any rest", Pattern(), (d, v) => d.Where = d.Where with { Probe = v }),
        Field<EffectDraft>.Of("repeat", "only this repeat, from 1", NumberKind.Count(1, 1000), (d, v) => d.Where = d.Where with { Repeat = (int)v }),
    ];

    static IReadOnlyList<Field<EffectDraft>> CouplingFields() =>
    [
        Field<EffectDraft>.Of("victim", "the slices that slow down; default all", Pattern(), (d, v) => d.Where = d.Where with { Slice = v }),
        Field<EffectDraft>.Of("aggressor", "the slices that slow them down; default all", Pattern(), (d, v) => d.Aggressor = d.Aggressor with { Slice = v }),
        Field<EffectDraft>.Of("aggressor_resource", "what the aggressors must load; default anything", Resource(), (d, v) => d.Aggressor = d.Aggressor with { Resource = v }),
        Field<EffectDraft>.Of("aggressor_probe", "what the aggressors must run; default anything", Pattern(), (d, v) => d.Aggressor = d.Aggressor with { Probe = v }),
        Field<EffectDraft>.Of("size", "the share of its performance that the victim loses", NumberKind.Fraction(0, 0.99), (d, v) => d.Size = v, required: true),
    ];

    static IReadOnlyList<Field<EffectDraft>> DriftFields() =>
    [
        Field<EffectDraft>.Of("per_second", "change of performance a second of each trial; negative for a loss", Signed(), (d, v) => d.PerSecond = v),
        Field<EffectDraft>.Of("per_repeat", "change of performance from one repeat to the next", Signed(), (d, v) => d.PerRepeat = v),
    ];

    static IReadOnlyList<Field<EffectDraft>> NoiseFields() =>
    [
        Field<EffectDraft>.Of("within", "relative deviation of samples within a repeat", NumberKind.Fraction(0, 0.5), (d, v) => d.Within = v),
        Field<EffectDraft>.Of("between", "relative deviation of whole repeats", NumberKind.Fraction(0, 0.5), (d, v) => d.Between = v),
        Field<EffectDraft>.Of("phases", "relative deviation of each phase of a repeat: alone, together, alone again", NumberKind.Fraction(0, 0.5), (d, v) => d.Phases = v),
    ];

    static IReadOnlyList<Field<EffectDraft>> OutlierFields() => [Share(), Longer()];

    static IReadOnlyList<Field<EffectDraft>> BimodalFields() =>
    [
        Share(), Longer(),
        Field<EffectDraft>.Of("run", "samples that a state lasts; default 20", NumberKind.Count(1, 1_000_000), (d, v) => d.Run = (int)v),
    ];

    static IReadOnlyList<Field<EffectDraft>> ThrottleFields() => [.. AfterFields(), .. ToFields()];

    static IReadOnlyList<Field<EffectDraft>> LateFields() =>
        [Field<EffectDraft>.Of("by", "how much later", NumberKind.Seconds(0, 60), (d, v) => d.After = v, required: true)];

    static IReadOnlyList<Field<EffectDraft>> ClockFields() =>
    [
        Field<EffectDraft>.Of("offset", "how much it is ahead", NumberKind.Seconds(0, 60), (d, v) => d.Offset = v),
        Field<EffectDraft>.Of("drift", "how much faster it runs", Signed(), (d, v) => d.PerSecond = v),
        Field<EffectDraft>.Of("lie", "by what share it shows intervals shorter than they are", NumberKind.Fraction(0, 0.9), (d, v) => d.Lie = v),
    ];

    static IReadOnlyList<Field<EffectDraft>> AfterFields() =>
        [Field<EffectDraft>.Of("after", "time into each phase; default from its beginning", NumberKind.Seconds(0, 3600), (d, v) => d.After = v)];

    static IReadOnlyList<Field<EffectDraft>> ToFields() =>
        [Field<EffectDraft>.Of("to", "the share that is left", NumberKind.Fraction(0.01, 1), (d, v) => d.To = v, required: true)];

    static IReadOnlyList<Field<EffectDraft>> WeightFields() =>
        [Field<EffectDraft>.Of("weight", "what these slices count for where others count for 1", new NumberKind("a number such as 2", null, bare: true, whole: false, 0.01, 100, Units.Invariant), (d, v) => d.Weight = v, required: true)];

    static Field<EffectDraft> Share() => Field<EffectDraft>.Of("share", "the share of samples it happens to", NumberKind.Fraction(0, 1), (d, v) => d.Share = v, required: true);

    static Field<EffectDraft> Longer() => Field<EffectDraft>.Of("size", "by how much longer they take", NumberKind.Fraction(0, 100), (d, v) => d.Size = v, required: true);

    static SignedKind Signed() => new(0.5);

    static TextKind Pattern() => new("a name such as 1g.18gb@0, 1g.18gb or 1g.*", "^[^\\s*]*\\*?$", 64);

    static WordKind<string> Resource() => new("resource", [.. Enum.GetNames<Resource>().Select(n => KeyValuePair.Create(n.ToLowerInvariant(), n.ToLowerInvariant()))]);
}
