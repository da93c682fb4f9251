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
    /// <param name="OfWhole">Share of the uncut device's performance; for times the inverse quotient, so that 1 is as good as the whole.</param>
    /// <param name="Nominal">What the profile promises of it; null where it promises nothing.</param>
    sealed record Share(Figure Whole, string Profile, IReadOnlyList<Figure> Slices, Estimate OfWhole, double? Nominal)
    {
        public double? OfNominal => OfWhole.Value / Nominal;

        public string What => ReportModel.Title(Whole.Probe, Whole.Parameters);
    }

    public static Section? Of(ReportModel model)
    {
        var shares = Shares(model).ToList();
        var sums = model.Analysis.Interference.Layouts.SelectMany(l => l.Probes.Where(p => p.SumOverWhole is not null || p.Tax is not null).Select(p => (l.Layout, Probe: p))).ToList();
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
            // A size over which a curve runs says where caches end; of the curve its largest size is the slice's share of memory.
            if (whole.Probe.Axis is { } axis && whole.Parameters[axis] is { IsWord: false } at && wholes.Keys.Any(o => o.Probe == whole.Probe && o.Parameters.Without(axis).Equals(whole.Parameters.Without(axis)) && o.Parameters.Number(axis, 0) > at.Number)) continue;
            yield return new(whole, slices.Key.Profile, [.. slices], Quotient(whole, [.. slices]), Nominal(whole.Probe, place, plan, hardware));
        }
    }

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
        var shown = shares.Where(s => s.OfNominal is not null).Take(MostRows).ToList();
        var plot = new Plot("What a slice has, of what its profile promises", new Linear("measured ÷ nominal share of the whole device", "%", shown.Count > 0 && shown.Min(s => s.OfNominal) < 0.8 ? 0 : null), new Band("what · profile", [.. shown.Select(s => $"{s.What} · {s.Profile}")]),
            new Rule("nominal", new(1, -0.5), new(1, shown.Count - 0.5)),
            new Dots(new(-1, "measured ÷ nominal"), Along.X, [.. shown.Select((s, row) => new Dot(new(s.OfNominal!.Value, row), Scaled(s.OfWhole, 1 / s.Nominal!.Value), "", model.Slice(s.Slices[0].Layout, s.Slices[0].Slice)))]))
        { Simulated = model.Simulated, Description = "One row a kind of work and a profile; 100 % is the share that the profile's name promises." };
        var left = shares.Count(s => s.OfNominal is not null) is var all && all > MostRows ? FormattableString.Invariant($" The first {MostRows} of {all}.") : "";
        return Html.Of($"""
            {Html.When(shown.Count > 0, () => Parts.Plot(model, plot, $"Each slice alone, against the uncut device in the same run. Nominal is the slice's share of the memory units, of the multiprocessors or cores for arithmetic, and all of it for the link and for latencies. Right of the line a slice has more than its share; bars reach from the least to the most of its slices and intervals.{left}"))}
            <div class="scroll"><table class="sortable"><thead><tr><th>what</th><th>profile</th><th class="n">slices</th><th class="n">whole</th><th class="n">a slice</th><th class="n">of whole</th><th class="n">nominal</th><th class="n">measured ÷ nominal</th></tr></thead><tbody>
            {shares.Select(Row)}
            </tbody></table></div>
            """);
    }

    static Estimate Scaled(Estimate e, double by) => new(e.Value * by, e.Low * by, e.High * by);

    static Html Row(Share s)
    {
        var (unit, middle) = (s.Whole.Metric.Unit, s.Slices.OrderBy(f => f.Median).ElementAt(s.Slices.Count / 2));
        return Html.Of($"<tr><td>{Parts.Name(s.What)}</td><td>{Parts.Name(s.Profile)}</td><td class=\"n\">{s.Slices.Count}</td>{Parts.Value(s.Whole.Median, unit)}{Parts.Value(middle.Median, unit)}{Parts.Percent(s.OfWhole.Value)}{Parts.Percent(s.Nominal)}{Parts.Percent(s.OfNominal)}</tr>");
    }

    static Html Together(ReportModel model, List<(string Layout, ProbeIndex Probe)> sums)
    {
        var shown = sums.OrderBy(s => ReportModel.Title(s.Probe.Probe, s.Probe.Parameters), StringComparer.Ordinal).Take(MostRows).ToList();
        var (cut, together) = (new Series(0, "one slice, alone"), new Series(1, "all slices, together"));
        var rows = shown.Select(s => $"{ReportModel.Title(s.Probe.Probe, s.Probe.Parameters)} · {s.Layout}").ToList();
        var marks = new List<Mark> { new Rule("whole device", new(1, -0.5), new(1, rows.Count - 0.5)) };
        var taxed = shown.Select((s, row) => (s, row)).Where(s => s.s.Probe.Tax is not null).Select(s => new Dot(new(1 - s.s.Probe.Tax!.Value, s.row))).ToList();
        var summed = shown.Select((s, row) => (s, row)).Where(s => s.s.Probe.SumOverWhole is not null).Select(s => new Dot(new(s.s.Probe.SumOverWhole!.Value, s.row))).ToList();
        if (taxed.Count > 0) marks.Add(new Dots(cut, Along.X, taxed));
        if (summed.Count > 0) marks.Add(new Dots(together, Along.X, summed));
        var lowest = taxed.Concat(summed).Min(d => d.At.X);
        var plot = new Plot("What is left of the device once it is cut", new Linear("share of the uncut device", "%", Math.Min(0.5, Math.Floor(lowest * 10) / 10)), new Band("what · layout", rows), marks)
        { Simulated = model.Simulated, Description = "One row a kind of work and a layout; 100 % is the uncut device." };
        var taxes = sums.Where(s => s.Probe.Tax is not null).ToList();
        var tax = taxes.Count == 0 ? "" : $" Cutting alone costs (partition tax): {string.Join(", ", taxes.Select(s => $"{ReportModel.Title(s.Probe.Probe, s.Probe.Parameters)} {Pretty.Percent(s.Probe.Tax!.Value)}"))}.";
        return Parts.Plot(model, plot, $"All slices of a layout at the same work, their work in the common window added up, against the uncut device.{tax}");
    }
}
