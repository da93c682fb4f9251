using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>For each kind of slice the rate that memory and arithmetic together allow, over operations per byte: both ceilings as measured on it.</summary>
static class RooflineSection
{
    const int MostPlots = 4;

    /// <summary>Of one slice, alone.</summary>
    /// <param name="Memory">The fastest figure of a memory probe.</param>
    /// <param name="Rates">By arithmetic probe.</param>
    sealed record Roof(string Layout, string Slice, string Profile, Figure Memory, IReadOnlyDictionary<ProbeInfo, Figure> Rates)
    {
        /// <summary>Operations per byte from which arithmetic decides.</summary>
        public double Ridge(ProbeInfo probe) => Rates[probe].Median / Memory.Median;
    }

    public static Section? Of(ReportModel model)
    {
        var alone = model.Main.Where(f => PhaseText.IsAlone(f.Phase) && f.Worst != Severity.Invalid && f.Median > 0).ToList();
        var roofs = alone.GroupBy(f => (f.Layout, f.Slice)).Select(Roofed).OfType<Roof>().DistinctBy(r => r.Profile).ToList();
        var workloads = Workloads(model);
        if (roofs.Count == 0 && workloads.IsEmpty) return null;
        var probes = roofs.SelectMany(r => r.Rates.Keys).Distinct().ToList();
        return new("roofline", "Roofline by slice", Html.Of($"{probes.Take(MostPlots).Select(p => Draw(model, p, [.. roofs.Where(r => r.Rates.ContainsKey(p))]))}{Html.When(roofs.Count > 0, () => Table(model, roofs, probes))}{workloads}"));
    }

    /// <summary>A workload of counted operations and bytes on one slice.</summary>
    /// <param name="Arithmetic">Share of the rate of multiply-adds that was measured on the slice.</param>
    /// <param name="Memory">Share of its measured read bandwidth.</param>
    sealed record Workload(Figure Main, double Arithmetic, double Memory)
    {
        /// <summary>Operations per byte in units of those at the corner, where both ceilings are reached together.</summary>
        public double Intensity => Arithmetic / Memory;
    }

    /// <summary>Workloads that counted both their operations and their bytes, under one roof: each in shares of its own slice's ceilings.</summary>
    static Html Workloads(ReportModel model)
    {
        var shares = model.Analysis.Figures.Where(f => PhaseText.IsAlone(f.Phase) && !f.ForRatio && f.Median > 0 && f.Worst != Severity.Invalid).GroupBy(f => (f.Layout, f.Slice, f.Probe, f.Parameters));
        List<Workload> found = [];
        foreach (var figures in shares)
        {
            var (arithmetic, memory) = (figures.FirstOrDefault(f => f.Metric.Name == "flops_share"), figures.FirstOrDefault(f => f.Metric.Name == "bandwidth_share"));
            if (arithmetic is not null && memory is not null && figures.FirstOrDefault(f => f.Metric.Id == f.Probe.Main.Id) is { } main) found.Add(new(main, arithmetic.Median, memory.Median));
        }
        if (found.Count == 0) return Html.Empty;
        var (low, high) = (Math.Min(0.1, found.Min(w => w.Intensity) / 2), Math.Max(10, found.Max(w => w.Intensity) * 2));
        var points = found.GroupBy(w => w.Main.Probe).Select((g, i) => (Mark)new Dots(new(i, g.Key.Id), Along.Y, [.. g.Select(w => new Dot(new(w.Intensity, w.Arithmetic), default, Label(model, w)))]));
        var plot = new Plot("Model workloads under their roof", new Log("operations per byte, of those at the corner", "%"), new Log("share of measured arithmetic", "%"),
            [new Rule("all of the memory", new(low, low), new(1, 1)), new Rule("all of the arithmetic", new(1, 1), new(high, 1)), .. points])
        { Simulated = model.Simulated, Description = "Share of arithmetic over operations per byte, both in units of the slice's own measured ceilings: the roof slants to its corner and is level right of it." };
        var (bound, free) = (found.Count(w => w.Intensity < 1), found.MaxBy(w => Math.Max(w.Arithmetic, w.Memory))!);
        return Parts.Plot(model, plot, $"Operations and bytes are counted, both ceilings measured on the same slice: left of the corner memory decides, right of it arithmetic. {Verdict.Count(bound, "workload")} of {found.Count} wait for memory; nearest to its roof is {ReportModel.Title(free.Main.Probe, free.Main.Parameters)} on {free.Main.Slice} with {Pretty.Percent(Math.Max(free.Arithmetic, free.Memory))} of it.");
    }

    static string Label(ReportModel model, Workload w) => $"{model.Brief(w.Main.Probe, w.Main.Parameters)} · {model.Slice(w.Main.Layout, w.Main.Slice).Name}";

    static Roof? Roofed(IGrouping<(string Layout, string Slice), Figure> figures)
    {
        var memory = figures.Where(f => f.Probe.Resource == Resource.Memory && f.Metric.Unit == "B/s").MaxBy(f => f.Median);
        var rates = figures.Where(f => f.Probe.Resource == Resource.Compute && f.Metric.Unit is "FLOP/s" or "OP/s").GroupBy(f => f.Probe).ToDictionary(g => g.Key, g => g.MaxBy(f => f.Median)!);
        return memory is null || rates.Count == 0 ? null : new(figures.Key.Layout, figures.Key.Slice, memory.Profile, memory, rates);
    }

    static Html Draw(ReportModel model, ProbeInfo probe, IReadOnlyList<Roof> roofs)
    {
        var (from, to) = (Math.Min(1 / 16.0, roofs.Min(r => r.Ridge(probe)) / 8), roofs.Max(r => r.Ridge(probe)) * 8);
        var marks = roofs.Select(r => (Mark)new Line(model.Slice(r.Layout, r.Slice) with { Name = r.Profile }, [new(from, from * r.Memory.Median), new(r.Ridge(probe), r.Rates[probe].Median), new(to, r.Rates[probe].Median)]));
        var plot = new Plot($"Roofline, {probe.Id}", new Log("operations per byte", "1"), new Log("rate", probe.Main.Unit), [.. marks])
        { DirectLabels = true, Simulated = model.Simulated, Description = "Attainable rate over operations per byte, one line a kind of slice: slanted where memory decides, level where arithmetic does." };
        var (first, last) = (roofs.MaxBy(r => r.Memory.Median)!, roofs.MinBy(r => r.Memory.Median)!);
        var turns = first == last ? $"{first.Profile} turns at {Pretty.Digits(first.Ridge(probe))} operations per byte" : $"{first.Profile} turns at {Pretty.Digits(first.Ridge(probe))} operations per byte, {last.Profile} at {Pretty.Digits(last.Ridge(probe))}";
        return Parts.Plot(model, plot, $"Left of its corner a slice waits for memory ({first.Memory.Probe.Id}), right of it for arithmetic; both ceilings are what was {(model.Simulated ? "predicted" : "measured")} on the slice alone, none is from a data sheet. {turns}.");
    }

    static Html Table(ReportModel model, IReadOnlyList<Roof> roofs, IReadOnlyList<ProbeInfo> probes)
    {
        IEnumerable<Column<Roof>> Of(ProbeInfo p) =>
        [
            new(p.Id, r => Parts.Value(r.Rates.TryGetValue(p, out var rate) ? rate.Median : double.NaN, p.Main.Unit), true),
            new("corner", r => Parts.Value(r.Rates.ContainsKey(p) ? r.Ridge(p) : double.NaN, "1"), true),
        ];
        var table = SortableTable.Lit(roofs, r => model.Slice(r.Layout, r.Slice).Name,
        [
            new("profile", r => Parts.Cell(r.Profile)),
            new("on", r => Parts.Marked(Parts.Slice(model, r.Layout, r.Slice))),
            new("memory", r => Parts.Value(r.Memory.Median, "B/s"), true),
            .. probes.SelectMany(Of),
        ]);
        return Html.Of($"{table}<p class=\"more\">Corner: operations per byte from which arithmetic decides.</p>");
    }
}
