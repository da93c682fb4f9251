using System.Globalization;
using GpuLab.Model;
using GpuLab.Reports.Html;
using GpuLab.Statistics;

namespace GpuLab.Reports.Export;

/// <summary>The figures of a run as one tidy table: a row a figure, a column a fact, values in SI.</summary>
/// <param name="Parameters">Names of the parameters that occur; each has a column.</param>
public sealed record FigureTable(IReadOnlyList<string> Parameters, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<TableCell>> Rows)
{
    public static FigureTable Of(RunFigures run)
    {
        var names = run.Figures.SelectMany(f => f.Parameters).Select(p => p.Key).Distinct().ToList();
        string[] columns =
        [
            "run", "device", "simulated", "layout", "mode", "slice", "profile", "phase", "probe", "metric", .. names, "unit", "median", "low", "high", "interval", "spread", "p5", "p95", "p99",
            "ceiling", "share_of_ceiling", "overlap", "samples", "repeats", "flags", "worst_finding",
        ];
        return new(names, columns, [.. run.Figures.Select(f => Row(run, names, f))]);
    }

    static TableCell[] Row(RunFigures run, List<string> names, Figure f)
    {
        var info = run.Info;
        return
        [
            new(info.Name), new(info.DeviceName), new(info.Simulated ? "yes" : "no"), new(f.Layout), new(f.Mode), new(f.Slice), new(f.Profile), new(PhaseText.Of(f.Phase)), new(f.Probe.Id), new(f.Metric.Name),
            .. names.Select(n => f.Parameters[n] is not { } p ? TableCell.None : p.IsWord ? new(p.Word!) : new TableCell(p.Number, p.ToString())),
            new(f.Metric.Unit), Value(f.Median), Value(f.Interval.Low), Value(f.Interval.High), new(f.Interval.Kind), Share(f.Spread), Value(f.Quantiles.P5), Value(f.Quantiles.P95), Value(f.Quantiles.P99),
            f.Ceiling is { } c ? Value(c.Value) : TableCell.None, f.Ceiling is { } d ? Share(d.Share) : TableCell.None, f.Overlap is { } o ? Share(o) : TableCell.None,
            Count(f.Samples), Count(f.Repeats), new(string.Join(' ', f.Flags)), new(f.Worst?.ToString().ToLowerInvariant() ?? ""),
        ];

        TableCell Value(double v) => new(v, Pretty.Value(v, f.Metric.Unit));
        static TableCell Share(double v) => new(v, Pretty.Percent(v));
        static TableCell Count(int n) => new(n, n.ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>A number with what a person reads, or a text.</summary>
public readonly record struct TableCell(double? Number, string Text)
{
    public static readonly TableCell None = new("");

    public TableCell(string text)
        : this(null, text)
    {
    }

    /// <summary>As a machine reads it: the number as stored, or the text; nothing for what is no number.</summary>
    public string Exact => Number is { } n ? double.IsFinite(n) ? n.ToString("R", CultureInfo.InvariantCulture) : "" : Text;
}
