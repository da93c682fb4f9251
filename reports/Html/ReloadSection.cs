using GpuLab.Reports.Kv;
using GpuLab.Reports.Plots;

namespace GpuLab.Reports.Html;

/// <summary>Keys and values of a prompt: brought back from each tier against made anew, by length.</summary>
static class ReloadSection
{
    const string Needed = "B* is the rate a link needs for reloading to take as long as recomputing: bytes of a token × tokens made per second.";

    public static Section? Of(ReportModel model)
    {
        var studies = ReloadStudy.Of([.. model.Analysis.Figures]);
        var crowds = ReloadCrowd.Of(studies);
        return studies.Count == 0 ? null : new("reload", "Reload or recompute", Html.Of($"{studies.Where(s => !crowds.Any(c => c.Holds(s))).Select(s => Study(model, s))}{crowds.Select(c => Crowd(model, c))}"));
    }

    static Html Study(ReportModel model, ReloadStudy study)
    {
        var title = $"{study.What} on {study.Slice} of {study.Layout}, {study.Company}";
        var tiers = study.Tiers.ToList();
        var lines = tiers.Select((tier, i) => (Mark)new Line(new Series(i + 1, tier), [.. study.Points.SelectMany(p => p.Tiers.Where(t => t.Tier == tier).Select(t => new XY(p.Tokens, t.Seconds)))]));
        var plot = new Plot(title, new Log("tokens of the prompt", "1", 2), new Log("time until the cache is there", "s", 10),
            [new Line(new Series(0, "recompute"), [.. study.Points.Select(p => new XY(p.Tokens, p.Recompute))]), .. lines])
        { DirectLabels = true, Simulated = model.Simulated, Description = "Time to have the keys and values of a prompt, over its length: made anew, and moved from each tier." };
        var caption = $"{string.Join(" ", tiers.Select(t => $"From {Tier(t)} it {study.BreakEven(t)}."))} {Needed}";
        return Html.Of($"{Html.When(study.Points.Count > 1, () => Parts.Plot(model, plot, caption))}{Html.When(study.Points.Count == 1, () => Html.Of($"<p>{Parts.Name(title)}. {caption}</p>"))}{Table([], tiers, study.Points.Select(p => (Html.Empty, p)))}");
    }

    /// <summary>How the gain falls while more slices are at it, at each length.</summary>
    static Html Crowd(ReportModel model, ReloadCrowd crowd)
    {
        var title = $"{crowd.What} on one slice and more of {crowd.Layout}";
        var tiers = crowd.Tiers.ToList();
        var length = crowd.Studies.Min(s => s.Points[^1].Tokens);
        var lines = tiers.Select((tier, i) => (Mark)new Line(new Series(i + 1, tier), [.. crowd.Studies.SelectMany(s => s.Points.Where(p => p.Tokens == length && p.Gain(tier) is not null).Select(p => new XY(s.AtOnce, p.Gain(tier)!.Value)))]));
        var plot = new Plot(FormattableString.Invariant($"{title}, {length} tokens"), new Linear("slices at once", "1", 0), new Log("recompute ÷ reload", "1", 10),
            [new Rule("as long", new(1, 1), new(crowd.Studies[^1].AtOnce, 1)), .. lines])
        { DirectLabels = true, Simulated = model.Simulated, Description = "How many times longer making the keys and values anew takes than moving them, over the number of slices that do the same at once." };
        var caption = $"Of each number the slice that gains least. {string.Join(" ", tiers.Select(t => $"From {Tier(t)}: {crowd.BreakEven(t)}."))} {Needed}";
        return Html.Of($"{Parts.Plot(model, plot, caption)}{Table(["at once"], tiers, crowd.Studies.SelectMany(s => s.Points.Select(p => (Count(s.AtOnce), p))))}");
    }

    static string Tier(string tier) => tier switch { "pinned" => "memory", "cache" => "the page cache", _ => tier };

    /// <param name="first">Heads of columns before the others.</param>
    static Html Table(IReadOnlyList<string> first, IReadOnlyList<string> tiers, IEnumerable<(Html First, ReloadPoint Point)> rows) => Html.Of($"""
        <div class="scroll"><table class="sortable"><thead><tr>{first.Select(f => Html.Of($"<th class=\"n\">{f}</th>"))}<th class="n">tokens</th><th class="n">recompute</th><th class="n">B*</th>{tiers.Select(t => Html.Of($"<th class=\"n\">{t}</th><th class=\"n\">rate</th><th class=\"n\">recompute ÷ {t}</th>"))}</tr></thead><tbody>
        {rows.Select(r => Html.Of($"<tr>{r.First}{Count(r.Point.Tokens)}{Parts.Value(r.Point.Recompute, "s")}{Parts.Value(r.Point.Needed, "B/s")}{tiers.Select(t => Cells(r.Point, t))}</tr>"))}
        </tbody></table></div>
        """);

    static Html Count(int number) => Html.Of($"<td class=\"n\" data-v=\"{number}\">{number}</td>");

    static Html Cells(ReloadPoint point, string tier) => point.Tiers.FirstOrDefault(t => t.Tier == tier) is { } found
        ? Html.Of($"{Parts.Value(found.Seconds, "s")}{Parts.Value(found.Rate, "B/s")}{Parts.Value(point.Recompute / found.Seconds, "1")}")
        : Html.Of($"<td class=\"n\">–</td><td class=\"n\">–</td><td class=\"n\">–</td>");
}
