using GpuLab.Model;
using GpuLab.Reports.Comparison;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>What a slice has of the whole device against what it should have, what all slices have together, and what cutting itself costs.</summary>
static class SharesSection
{
    const int MostRows = 48;

    /// <summary>Slices of one profile at one kind of work, each alone.</summary>
    /// <param name="Size">Units of the profile.</param>
    /// <param name="OfWhole">Share of the uncut device's performance; for times the inverse quotient, so that 1 is as good as the whole.</param>
    /// <param name="Nominal">What the profile promises of it; null where it promises nothing.</param>
    sealed record Share(string What, Figure Whole, string Profile, int Size, IReadOnlyList<Figure> Slices, Estimate OfWhole, double? Nominal)
    {
        public double? OfNominal => OfWhole.Value / Nominal;
    }

    public static Section? Of(ReportModel model)
    {
        var shares = Shares(model).ToList();
        var sums = model.Analysis.Interference.Layouts.SelectMany(l => l.Probes.Where(p => p.SumOverWhole is not null || p.Tax is not null).Select(p => (l.Layout, Probe: p))).ToList();
        sums = [.. sums.Where(s => Ends(s.Probe.Probe, s.Probe.Parameters, sums.Select(o => (o.Probe.Probe, o.Probe.Parameters)))).DistinctBy(s => (s.Layout, s.Probe.Probe, s.Probe.Parameters))];
        if (shares.Count == 0 && sums.Count == 0) return null;
        return new("shares", "Slices against the whole device", Html.Of($"{Html.When(shares.Count > 0, () => Alone(model, shares))}{Html.When(sums.Count > 0, () => Together(model, sums))}"));
    }

    static IEnumerable<Share> Shares(ReportModel model)
    {
        var hardware = Hardware.Of(model.Info);
        var plan = model.Analysis.Run.Plan;
        var places = plan.Layouts.SelectMany(l => l.Slices, (l, s) => (l.Layout, Slice: s)).DistinctBy(s => (s.Layout, s.Slice.Name)).ToDictionary(s => (s.Layout, s.Slice.Name), s => s.Slice);
        var alone = model.Main.Where(f => PhaseText.IsAlone(f.Phase) && f.Worst != Severity.Invalid && f.Median > 0).ToList();
        var wholes = alone.Where(f => f.Profile == "whole").DistinctBy(f => (f.Probe, f.Parameters)).ToDictionary(f => (f.Probe, f.Parameters));
        var cut = alone.Where(f => f.Profile != "whole" && places.ContainsKey((f.Layout, f.Slice)));
        foreach (var slices in cut.GroupBy(f => (f.Probe, f.Parameters, f.Profile)).OrderBy(g => g.Key.Probe.Id, StringComparer.Ordinal).ThenByDescending(g => places[(g.First().Layout, g.First().Slice)].Units))
        {
            if (!wholes.TryGetValue((slices.Key.Probe, slices.Key.Parameters), out var whole)) continue;
            var place = places[(slices.First().Layout, slices.First().Slice)];
            if (!Ends(whole.Probe, whole.Parameters, wholes.Keys)) continue;
            yield return new(model.Brief(whole.Probe, whole.Parameters), whole, slices.Key.Profile, place.Units, [.. slices], Quotient(whole, [.. slices]), Nominal(whole.Probe, place, plan, hardware));
        }
    }

    /// <summary>Whether it is the far end of its curve, or of none: what lies before says where caches end, not what a slice's share is.</summary>
    static bool Ends(ProbeInfo probe, Parameters parameters, IEnumerable<(ProbeInfo Probe, Parameters Parameters)> all) => probe.Axis is not { } axis || parameters[axis] is not { IsWord: false } at
        || !all.Any(o => o.Probe == probe && o.Parameters.Without(axis).Equals(parameters.Without(axis)) && o.Parameters.Number(axis, 0) > at.Number);

    /// <summary>Of the middle slice, between those of the least and the most; quotients of interval ends, so wider than either.</summary>
    static Estimate Quotient(Figure whole, IReadOnlyList<Figure> slices)
    {
        var higher = whole.Metric.Better == Better.Higher;
        var each = slices.Select(s => higher ? s.Median / whole.Median : whole.Median / s.Median).Order().ToList();
        var low = slices.Min(s => higher ? s.Interval.Low / whole.Interval.High : whole.Interval.Low / s.Interval.High);
        var high = slices.Max(s => higher ? s.Interval.High / whole.Interval.Low : whole.Interval.High / s.Interval.Low);
        return new(each[each.Count / 2], low, high);
    }

    static double? Nominal(ProbeInfo probe, SliceDocument slice, PlanDocument plan, Hardware hardware) => probe.Resource switch
    {
        Resource.Memory or Resource.Cache when plan.Units > 0 => (double)slice.Units / plan.Units,
        Resource.Compute => hardware.UnitsOf(slice) / hardware.Units,
        Resource.Link or Resource.Latency or Resource.Launch => 1, // each slice has all of the link, and waits no longer
        _ => null,
    };

    static Html Alone(ReportModel model, List<Share> shares)
    {
        var known = shares.Where(s => s.OfNominal is not null).ToList();
        List<string> rows = [.. known.Select(s => s.What).Distinct()], profiles = [.. known.OrderByDescending(s => s.Size).Select(s => s.Profile).Distinct()];
        var plot = Map(model, "What a slice has, of what its profile promises", "profile", profiles, rows, (row, profile) => known.FirstOrDefault(s => s.What == row && s.Profile == profile)?.OfNominal, "one row a kind of work, one column a profile; 1 is what the profile promises");
        return Html.Of($"""
            {Html.When(known.Count > 0, () => Parts.Plot(model, plot, "Each slice alone, against the uncut device in the same run: measured share ÷ nominal share, so that 1 is what the profile's name promises and more is better, for rates and for times alike. Nominal is the slice's share of the memory units, of the multiprocessors or cores for arithmetic, and all of it for the link and for latencies."))}
            {Table(shares, known.Count > 0)}
            """);
    }

    /// <summary>A heat map of quotients, at most as tall as a page: pale where nothing is missing, so that what is stands out.</summary>
    static Plot Map(ReportModel model, string title, string across, List<string> columns, List<string> rows, Func<string, string, double?> value, string description)
    {
        List<IReadOnlyList<double>> values = [.. rows.Take(MostRows).Select(row => (IReadOnlyList<double>)[.. columns.Select(column => value(row, column) ?? double.NaN)])];
        var lowest = values.SelectMany(v => v).Where(double.IsFinite).DefaultIfEmpty(1).Min();
        return new(title, new Band(across, columns), new Band("what", [.. rows.Take(MostRows)]), new Cells("share", values, "1", 1, Math.Min(0.8, lowest))) { Simulated = model.Simulated, Description = $"A table in colours: {description}." };
    }

    static Html Table(IReadOnlyList<Share> shares, bool nominal) => SortableTable.Of(shares,
        new("what", s => Parts.Cell(s.What)),
        new("profile", s => Parts.Cell(s.Profile)),
        new("slices", s => Parts.Count(s.Slices.Count), true),
        new("whole", s => Parts.Value(s.Whole.Median, s.Whole.Metric.Unit), true),
        new("a slice", s => Parts.Value(s.Slices.OrderBy(f => f.Median).ElementAt(s.Slices.Count / 2).Median, s.Whole.Metric.Unit), true),
        new("share", s => Parts.Percent(s.OfWhole.Value), true),
        new("least … most", s => Parts.Cell($"{Pretty.Percent(s.OfWhole.Low)} … {Pretty.Percent(s.OfWhole.High)}")),
        new("nominal", s => Parts.Percent(s.Nominal), true, nominal),
        new("÷ nominal", s => Parts.Percent(s.OfNominal), true, nominal));

    static Html Together(ReportModel model, List<(string Layout, ProbeIndex Probe)> sums)
    {
        List<string> layouts = [.. sums.Select(s => s.Layout).Distinct()], rows = [.. sums.Select(s => model.Brief(s.Probe.Probe, s.Probe.Parameters)).Distinct()];
        var left = sums.ToDictionary(s => (model.Brief(s.Probe.Probe, s.Probe.Parameters), s.Layout), s => s.Probe.SumOverWhole ?? 1 - s.Probe.Tax);
        var plot = Map(model, "What is left of the device once it is cut", "layout", layouts, rows, (row, layout) => left.GetValueOrDefault((row, layout)), "one row a kind of work, one column a layout; 1 is the uncut device");
        return Parts.Plot(model, plot, $"All slices of a layout at the same work, their work in the common window added up, ÷ the uncut device in the same run. {Tax([.. sums.Where(s => s.Probe.Tax is not null)])}");
    }

    static string Tax(List<(string Layout, ProbeIndex Probe)> taxed)
    {
        if (taxed.Count == 0) return "";
        var (least, most) = (taxed.MinBy(s => s.Probe.Tax)!.Probe, taxed.MaxBy(s => s.Probe.Tax)!.Probe);
        var layouts = string.Join(", ", taxed.Select(s => s.Layout).Distinct());
        return $"Of a layout of one slice it is that slice alone, so that what is missing is the price of cutting itself (partition tax): on {layouts} from {Pretty.Percent(least.Tax!.Value)} ({least.Probe.Id}) to {Pretty.Percent(most.Tax!.Value)} ({most.Probe.Id}).";
    }
}
