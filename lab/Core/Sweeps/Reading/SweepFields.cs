using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>The keys of a sweep: the one table behind the reader and the schema.</summary>
static class SweepFields
{
    /// <summary>Names of the ways of cutting a device that exist at all; which of them a device has, the device says.</summary>
    static readonly string[] Partitioners = ["none", "mig", "green", "mps", "timeslice", "cores"];

    static readonly Dictionary<string, string> Misnomers = new()
    {
        ["on"] = "the key is 'device': 'on' is a boolean to many YAML readers.",
        ["layout"] = "the key is 'layouts'.",
        ["mode"] = "the key is 'modes'.",
        ["probe"] = "the key is 'probes'.",
        ["extends"] = "a sweep stands alone: copy what is needed from the other file.",
    };

    const double Day = 86_400;

    public static Fields<SweepDraft> For(IReadOnlyList<ProbeInfo> catalogue) => new("a sweep",
    [
        Field<SweepDraft>.Of("name", "names the run's folder: letters, digits, '.', '_' and '-'",
            new TextKind("a name of letters, digits, '.', '_' and '-'", "^[A-Za-z0-9][A-Za-z0-9._-]*$", 80), (d, v) => d.Name = v, required: true),
        Field<SweepDraft>.Of("device", "what is measured: auto (the first GPU, else the host), host, gpu:N, a GPU's UUID or sim:KEY; default auto",
            new DeviceKindOf(), (d, v) => d.Device = v),
        Field<SweepDraft>.Of("partitioner", "how the device is cut; default: the device's first way",
            Words("partitioner", Partitioners, p => p), (SweepDraft d, string v, TextPlace place) => (d.Partitioner, d.Places["partitioner"]) = (v, place)),
        Field<SweepDraft>.Of("layouts", "the cuts to measure, such as whole, 2x1c, 3g.71gb+2x2g.35gb or {generate: uniform}; default whole",
            new ListKind<LayoutChoice>("a layout or a list of layouts", new LayoutChoiceKind(), 10_000, LayoutChoiceKind.Word), (d, v) => d.Layouts = v),
        Field<SweepDraft>.Of("modes", "which slices work when: solo, concurrent, mixed, matrix, contention, dial, null; default solo",
            new ListKind<Mode>("a mode or a list of modes", new ModeKind(), 10, m => Modes.Of(m).Word), (d, v) => d.Modes = v),
        Field<SweepDraft>.Of("probes", "what is measured: ids, or maps of 'probe' and values for its parameters",
            new ListKind<ProbeChoice>("a list of probes", new ProbeEntryKind(catalogue), 1000), (d, v) => d.Probes = v),
        Field<SweepDraft>.Of("aggressors", "what slices do beside the one measured, in modes matrix and dial: as 'probes'; default: the same as it",
            new ListKind<ProbeChoice>("a list of probes", new ProbeEntryKind(catalogue), 1000), (d, v) => d.Aggressors = v),
        Field<SweepDraft>.Of("mixed", "the workloads of mode mixed: maps of 'slice' (1c@0, 1c or others), 'probe' and its parameters",
            new ListKind<MixedWork>("a list of workloads", new MixedEntryKind(catalogue), 1000), (d, v) => d.Mixed = v),
        Field<SweepDraft>.Of("dial", "shares of their own solo rate at which aggressors work in mode dial; default 0%, 25%, 50%, 75%, 100%",
            new ListKind<double>("a list of shares such as [0%, 50%, 100%]", NumberKind.Fraction(0, 1), 101, d => Units.Invariant(d)), (d, v) => d.Dial = v),
        Field<SweepDraft>.Of("exclude", "cells to leave out: maps of conditions, such as {probe: mem.read, bytes: \">256MiB\"}",
            new ListKind<Exclusion>("a list of exclude entries", new ExclusionKind(catalogue), 1000), (d, v) => d.Exclude = v),
        Field<SweepDraft>.Of("repeats", "independent repeats of each cell; 6 and more allow verdicts; default 3",
            NumberKind.Count(1, 1000), (d, v) => d.Repeats = (int)v),
        Field<SweepDraft>.Of("cut", "how often slices are made: once for all repeats of a layout (default), or each-repeat",
            Words("cut", ["once", "each-repeat"], w => w == "each-repeat"), (d, v) => d.CutEachRepeat = v),
        Field<SweepDraft>.Of("effort", "when a repeat has enough samples: quick, normal (default) or reference",
            Words("effort", Efforts.Keys, e => Efforts[e]), (d, v) => d.Effort = v),
        Field<SweepDraft>.Of("precision", "relative half-width of the median's 95 % interval at which a repeat ends; default: the probe's own",
            NumberKind.Fraction(1e-6, 0.5), (d, v) => d.Precision = v),
        Field<SweepDraft>.Of("min_samples", "samples that each repeat takes at least", NumberKind.Count(1, 1_000_000), (d, v) => d.MinSamples = (int)v),
        Field<SweepDraft>.Of("min_time", "timed work that each repeat does at least", NumberKind.Seconds(0, Day), (SweepDraft d, double v, TextPlace place) => d.MinTime = new(v, place)),
        Field<SweepDraft>.Of("max_time", "after this a repeat ends, precise or not", NumberKind.Seconds(0.001, Day), (SweepDraft d, double v, TextPlace place) => d.MaxTime = new(v, place)),
        Field<SweepDraft>.Of("warmup", "unrecorded work before a repeat", NumberKind.Seconds(0, Day), (d, v) => d.Warmup = v),
        Field<SweepDraft>.Of("budget", "wall time that the whole run may take, such as 20min", NumberKind.Seconds(1, 90 * Day), (d, v) => d.Budget = v),
        Field<SweepDraft>.Of("seed", "of everything random; default 1", new SeedKind(), (d, v) => d.Seed = v),
        Field<SweepDraft>.Of("tags", "words kept with the run", new ListKind<string>("a list of tags", new TextKind("a tag of up to 80 characters", "^.+$", 80), 100, t => t), (d, v) => d.Tags = v),
    ], Misnomers);

    static readonly Dictionary<string, Stopping> Efforts = new() { ["quick"] = Stopping.Quick, ["normal"] = Stopping.Normal, ["reference"] = Stopping.Reference };

    static WordKind<T> Words<T>(string what, IEnumerable<string> words, Func<string, T> value) => new(what, [.. words.Select(w => KeyValuePair.Create(w, value(w)))]);
}
