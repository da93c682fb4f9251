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

    static Markup Runs(IReadOnlyList<ListedRun> runs, IReadOnlyDictionary<string, string> links) => SortableTable.Filtered(runs, null,
        new("date", r => Parts.Cell(r.Start.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture))),
        new("run", r => Parts.Marked(Link(r, links))),
        new("device", r => Parts.Cell(r.DeviceName)),
        new("figures are", r => Parts.Cell(r.Simulated ? "predicted" : "measured")),
        new("trials", r => Markup.Of($"<td class=\"n\">{Trials(r)}</td>"), true),
        new("exit", r => Parts.Cell(r.Exit?.ToString(CultureInfo.InvariantCulture) ?? "not ended")),
        new("tags", r => Parts.Marked(Markup.Of($"{r.Tags.Select(t => Markup.Of($"<span class=\"tag\">{Parts.Name(t)}</span> "))}"))),
        new("folder", r => Parts.Cell(r.Folder)));

    static Markup Link(ListedRun run, IReadOnlyDictionary<string, string> links) => links.TryGetValue(run.Folder, out var to) ? Markup.Of($"<a href=\"{to}\">{Parts.Name(run.Name)}</a>") : Parts.Name(run.Name);

    static string Trials(ListedRun r) => string.Create(CultureInfo.InvariantCulture, $"{r.Done}{(r.Trials is { } all ? $" of {all}" : "")}");

    static Markup Tracks(IReadOnlyList<Track> tracks)
    {
        var left = tracks.Count > MostTracks ? Markup.Of($"<p class=\"more\">The {MostTracks} figures that changed most of {tracks.Count}.</p>") : Markup.Empty;
        return Markup.Of($"""
            <p>Each figure over the runs of this device, oldest first; change is of performance from the first run to the latest, so below 1 is worse. It is no verdict: 'gpulab compare' gives that.</p>
            {SortableTable.Filtered([.. tracks.OrderByDescending(t => Math.Abs(Math.Log(double.IsFinite(t.Change) ? t.Change : 1))).Take(MostTracks)], null,
                new("figure", t => Parts.Cell(t.Key.ToString())),
                new("over time", t => Parts.Marked(Markup.Raw(Sparkline.Svg(t.Points, string.Join(", ", t.Known.Select(v => Pretty.Value(v, t.Unit))))))),
                new("runs", t => Parts.Count(t.Known.Count()), true),
                new("first", t => Parts.Value(t.Known.First(), t.Unit), true),
                new("latest", t => Parts.Value(t.Known.Last(), t.Unit), true),
                new("change", t => Parts.Value(t.Change, "1"), true))}{left}
            """);
    }
}
