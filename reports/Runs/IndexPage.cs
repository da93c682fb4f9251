using System.Globalization;
using GpuLab.Model;
using GpuLab.Reports.Html;
using GpuLab.Reports.Plots;
using Markup = GpuLab.Reports.Html.Html;

namespace GpuLab.Reports.Runs;

/// <summary>The runs of a tree and what their figures did over time, as one offline HTML file.</summary>
public static class IndexPage
{
    const int MostTracks = 600;

    /// <param name="links">Folder to the address of its report, relative to the page; folders without one are not links.</param>
    public static string Render(string root, IReadOnlyList<ListedRun> runs, IReadOnlyList<Track> tracks, IReadOnlyDictionary<string, string> links)
    {
        List<Section> sections = [new("runs", "Runs", Runs(runs, links)), .. tracks.Where(t => t.Known.Skip(1).Any()).GroupBy(t => t.Device).Select((g, i) => new Section(string.Create(CultureInfo.InvariantCulture, $"device{i}"), g.Key, Tracks([.. g])))];
        var header = Markup.Of($"<h1>{Parts.Name(root)}</h1><p class=\"sub\">{runs.Count} runs of {runs.Select(r => r.DeviceName).Distinct().Count()} devices. A figure is followed over time once two runs of a device have it.</p>");
        return PageFrame.Of($"Runs in {root}", "gpulab", runs.Any(r => r.Simulated), header, sections).ToString();
    }

    static Markup Runs(IReadOnlyList<ListedRun> runs, IReadOnlyDictionary<string, string> links) => Markup.Of($"""
        <div class="scroll tall"><table class="sortable filtered"><thead><tr><th>date</th><th>run</th><th>device</th><th>figures are</th><th class="n">trials</th><th>exit</th><th>tags</th><th>folder</th></tr></thead><tbody>
        {runs.Select(r => Markup.Of($"<tr><td>{r.Start.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}</td><td>{Link(r, links)}</td>{Parts.Cell(r.DeviceName)}<td>{(r.Simulated ? "predicted" : "measured")}</td><td class=\"n\">{Trials(r)}</td><td>{r.Exit?.ToString(CultureInfo.InvariantCulture) ?? "not ended"}</td><td>{r.Tags.Select(t => Markup.Of($"<span class=\"tag\">{Parts.Name(t)}</span> "))}</td>{Parts.Cell(r.Folder)}</tr>"))}
        </tbody></table></div>
        """);

    static Markup Link(ListedRun run, IReadOnlyDictionary<string, string> links) => links.TryGetValue(run.Folder, out var to) ? Markup.Of($"<a href=\"{to}\">{Parts.Name(run.Name)}</a>") : Parts.Name(run.Name);

    static string Trials(ListedRun r) => string.Create(CultureInfo.InvariantCulture, $"{r.Done}{(r.Trials is { } all ? $" of {all}" : "")}");

    static Markup Tracks(IReadOnlyList<Track> tracks)
    {
        var left = tracks.Count > MostTracks ? Markup.Of($"<p class=\"more\">The {MostTracks} figures that changed most of {tracks.Count}.</p>") : Markup.Empty;
        return Markup.Of($"""
            <p>Each figure over the runs of this device, oldest first; change is of performance from the first run to the latest, so below 1 is worse. It is no verdict: 'gpulab compare' gives that.</p>
            <div class="scroll tall"><table class="sortable filtered"><thead><tr><th>figure</th><th>over time</th><th class="n">runs</th><th class="n">first</th><th class="n">latest</th><th class="n">change</th></tr></thead><tbody>
            {tracks.OrderByDescending(t => Math.Abs(Math.Log(double.IsFinite(t.Change) ? t.Change : 1))).Take(MostTracks).Select(Row)}
            </tbody></table></div>{left}
            """);
    }

    static Markup Row(Track t)
    {
        var known = t.Known.ToList();
        return Markup.Of($"<tr>{Parts.Cell(t.Key.ToString())}<td>{Markup.Raw(Sparkline.Svg(t.Points, string.Join(", ", known.Select(v => Pretty.Value(v, t.Unit)))))}</td><td class=\"n\">{known.Count}</td>{Parts.Value(known.Count > 0 ? known[0] : double.NaN, t.Unit)}{Parts.Value(known.Count > 0 ? known[^1] : double.NaN, t.Unit)}{Parts.Value(t.Change, "1")}</tr>");
    }
}
