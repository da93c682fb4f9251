using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>What all sections of one report share: the analysis, one look for each slice, and ids.</summary>
sealed class ReportModel
{
    readonly Dictionary<(string Layout, string Slice), Series> slices = [];
    Dictionary<string, HashSet<string>>? varied;
    int figures;

    public ReportModel(Analysis analysis)
    {
        Analysis = analysis;
        List<(string Layout, string Slice)> all = [.. analysis.Run.Plan.Layouts.SelectMany(l => l.Slices.Select(s => (l.Layout, s.Name))).Concat(analysis.Figures.Select(f => (f.Layout, f.Slice))).Distinct()];
        foreach (var (i, at) in all.Index())
        {
            var ambiguous = all.Count(o => o.Slice == at.Slice) > 1;
            slices[at] = new(i, ambiguous ? $"{at.Slice} of {at.Layout}" : at.Slice);
        }
    }

    public Analysis Analysis { get; }

    /// <summary>What has been drawn so far, in the order of the page.</summary>
    public List<IDrawing> Drawings { get; } = [];

    public RunInfo Info => Analysis.Run.Info;

    public bool Simulated => Info.Simulated;

    /// <summary>Figures of the metric that tables and plots show.</summary>
    public IEnumerable<Figure> Main => Analysis.Figures.Where(f => f.Metric.Id == f.Probe.Main.Id && !f.ForRatio && !f.IsJoint);

    /// <summary>How a slice looks and is called throughout the page.</summary>
    public Series Slice(string layout, string slice) => slices.TryGetValue((layout, slice), out var series) ? series : new(0, slice);

    /// <summary>The cell of a trial, whose id begins with its number.</summary>
    public CellDocument? CellOf(string trial) => Analysis.Run.Plan.Cells.FirstOrDefault(c => trial.StartsWith(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"c{c.Number}r"), StringComparison.Ordinal));

    /// <summary>Profile of a slice; its name where the plan does not know it.</summary>
    public string Profile(string layout, string slice) => Analysis.Run.Plan.Layouts.FirstOrDefault(l => l.Layout == layout)?.Slices.FirstOrDefault(s => s.Name == slice)?.Profile ?? slice;

    public string NextId() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"f{++figures}");

    /// <summary>Probe and parameters as a heading: <c>mem.triad bytes=64MiB</c>.</summary>
    public static string Title(ProbeInfo probe, Parameters parameters) => parameters.Count == 0 ? probe.Id : $"{probe.Id} {parameters}";

    /// <summary>The same where rows stand together: parameters that are one and the same throughout the run say nothing there, and take the room of what does.</summary>
    public string Brief(ProbeInfo probe, Parameters parameters)
    {
        varied ??= Main.GroupBy(f => f.Probe.Id).ToDictionary(g => g.Key, g => g.SelectMany(f => f.Parameters).Distinct().GroupBy(p => p.Key).Where(p => p.Count() > 1).Select(p => p.Key).ToHashSet());
        return Title(probe, varied.TryGetValue(probe.Id, out var names) ? new([.. parameters.Where(p => names.Contains(p.Key))]) : parameters);
    }

    /// <summary>Figures that form a curve: one probe, the same other parameters, at least three points of its axis.</summary>
    public IEnumerable<IGrouping<(ProbeInfo Probe, Parameters Others), Figure>> Curves =>
        Main.Where(f => f.Probe.Axis is { } axis && f.Parameters[axis] is { IsWord: false })
            .GroupBy(f => (f.Probe, Others: f.Parameters.Without(f.Probe.Axis!)))
            .Where(g => g.Select(f => f.Parameters.Number(f.Probe.Axis!, 0)).Distinct().Count() >= 3);

    /// <summary>The other figures, by what was measured.</summary>
    public IEnumerable<IGrouping<(ProbeInfo Probe, Parameters Parameters), Figure>> Points
    {
        get
        {
            var curves = Curves.SelectMany(g => g).ToHashSet(ReferenceEqualityComparer.Instance);
            return Main.Where(f => !curves.Contains(f)).GroupBy(f => (f.Probe, f.Parameters));
        }
    }
}

/// <summary>A part of the page; left out by returning null where there is no data for it.</summary>
sealed record Section(string Id, string Title, Html Body);
