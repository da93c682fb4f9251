using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Results;

namespace GpuLab.Reports.Html;

/// <summary>Which SMs each slice's blocks ran on, and when: from one launch of each, as the run folder keeps it.</summary>
static class TraceSection
{
    /// <summary>A launch has a thousand blocks: the waves of more slices would be most of the page.</summary>
    const int MostWaves = 4;

    sealed record Trace(TrialBlob Blob, string Layout, string Slice, string Profile, IReadOnlyList<BlockTime> Blocks)
    {
        public List<int> Sms { get; } = [.. Blocks.Select(b => b.Sm).Distinct().Order()];

        /// <summary>First and last of numbers that follow each other.</summary>
        public IEnumerable<(int From, int To)> Ranges => Sms.Select((sm, i) => (sm, Run: sm - i)).GroupBy(s => s.Run).Select(g => (g.First().sm, g.Last().sm));
    }

    public static Section? Of(ReportModel model)
    {
        var done = model.Analysis.Run.Events.OfType<TrialDone>().Where(d => d.Status == "ok").Select(d => d.Trial).ToHashSet(StringComparer.Ordinal);
        var blobs = model.Analysis.Run.Events.OfType<TrialBlob>().Where(b => done.Contains(b.Trial) && b.Path.EndsWith(BlockTrace.FileName, StringComparison.Ordinal))
            .Select(b => (Blob: b, Cell: model.CellOf(b.Trial))).Where(b => b.Cell is { Mode: "solo" }).DistinctBy(b => (b.Cell!.Layout, b.Blob.Slice)).ToList();
        if (blobs.Count == 0) return null;
        List<Trace> traces = [];
        List<string> lost = [];
        foreach (var (blob, cell) in blobs)
        {
            try
            {
                // A name from a file that others may have written: nothing outside the run's own folder.
                traces.Add(new(blob, cell!.Layout, blob.Slice, model.Profile(cell.Layout, blob.Slice), BlockTrace.Read(Path.Combine(model.Analysis.Run.Folder, RunFiles.Blobs, Path.GetFileName(blob.Path)))));
            }
            catch (RunFolderException e)
            {
                lost.Add(e.Message);
            }
        }
        traces.RemoveAll(t => t.Blocks.Count == 0);
        var drawn = traces.DistinctBy(t => t.Profile).Take(MostWaves).ToList();
        return new("trace", "Where and when blocks ran", Html.Of($"{Html.When(traces.Count > 0, () => Map(model, traces))}{drawn.Select(t => Waves(model, t))}{lost.Select(l => Html.Of($"<p class=\"more\">A trace is missing: {Parts.Name(l)}</p>"))}"));
    }

    static Html Map(ReportModel model, IReadOnlyList<Trace> traces)
    {
        List<Block> blocks = [.. traces.SelectMany((t, row) => t.Ranges.Select(r => new Block(r.From, r.To - r.From + 1, row, Numbers(r), model.Slice(t.Layout, t.Slice), $"{t.Slice}: SM {Numbers(r)}")))];
        var plot = new Plot("SMs by slice", new Linear("number of the SM", "", 0, traces.Max(t => t.Sms[^1]) + 1) { Whole = true }, new Band("slice", [.. traces.Select(t => model.Slice(t.Layout, t.Slice).Name)]), new Blocks(blocks))
        { Simulated = model.Simulated, Description = "Each row is a slice; each block a range of SMs on which its blocks ran." };
        return Parts.Plot(model, plot, $"The SMs that ran a block, by the numbers that the slice itself sees: slices of one GPU may give the same number to SMs of their own. {string.Join(", ", traces.DistinctBy(t => t.Profile).Select(t => $"{t.Profile} {Verdict.Count(t.Sms.Count, "SM")}"))}.");
    }

    static string Numbers((int From, int To) range) => range.From == range.To ? FormattableString.Invariant($"{range.From}") : FormattableString.Invariant($"{range.From} to {range.To}");

    static Html Waves(ReportModel model, Trace t)
    {
        var rows = t.Blocks.GroupBy(b => b.Sm).OrderBy(g => g.Key).Select(g => new WaveRow(g.Key, FormattableString.Invariant($"SM {g.Key}"), [.. g.OrderBy(b => b.StartNs).Select(b => (b.StartNs * 1e-9, b.EndNs * 1e-9))])).ToList();
        var plot = new Plot($"Waves of blocks on {t.Slice} of {t.Layout}", new Linear("time since the first block", "s", 0, t.Blocks.Max(b => b.EndNs) * 1e-9), new Linear("number of the SM", "", t.Sms[0] - 0.5, t.Sms[^1] + 0.5) { Whole = true }, new Waves(model.Slice(t.Layout, t.Slice), rows))
        { Simulated = model.Simulated, Description = "One row an SM, one stretch a block; blocks that follow each other differ in shade." };
        return Parts.Plot(model, plot, $"The last launch of trial {t.Blob.Trial}: {Verdict.Count(t.Blocks.Count, "block")}, one at a time on each SM, alone on the slice. {Said(model, t)}");
    }

    /// <summary>The medians of all launches say it better than one launch can.</summary>
    static string Said(ReportModel model, Trace t)
    {
        double? Median(string metric) => model.Analysis.Figures.FirstOrDefault(f => f.Probe.Id == "trace.blocks" && f.Metric.Name == metric && f.Layout == t.Layout && f.Slice == t.Slice && PhaseText.IsAlone(f.Phase))?.Median;
        return (Median("slowest"), Median("imbalance"), Median("tail")) is ({ } slowest, { } imbalance, { } tail)
            ? $"Over all launches the slowest SM takes {Pretty.Digits(slowest)} times as long for a block as the middle one, the busiest is at work {Pretty.Digits(imbalance)} times as long as the mean, and {Pretty.Percent(tail)} of a launch passes after the first SM has run out of blocks."
            : "";
    }
}
