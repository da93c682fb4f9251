using GpuLab.Model;
using GpuLab.Statistics;
using Markup = GpuLab.Reports.Html.Html;

namespace GpuLab.Reports.Comparison;

/// <summary>Verdicts for readers.</summary>
static class VerdictText
{
    public static Markup Badge(Verdict verdict) => Markup.Of($"<span class=\"{Class(verdict.Kind)}\">{verdict.ToString()}</span>");

    /// <summary><c>0.981 … 1.020</c>.</summary>
    public static string Range(Interval interval) => double.IsFinite(interval.High) && double.IsFinite(interval.Low) ? $"{Pretty.Digits(interval.Low)} … {Pretty.Digits(interval.High)}" : "–";

    static string Class(VerdictKind kind) => kind switch { VerdictKind.Slower or VerdictKind.Invalid => "flag bad", VerdictKind.Faster => "flag good", VerdictKind.Same => "flag calm", _ => "flag" };
}
