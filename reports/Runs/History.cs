using GpuLab.Model;
using GpuLab.Reports.Comparison;
using GpuLab.Statistics;

namespace GpuLab.Reports.Runs;

/// <summary>One figure over many runs of one device.</summary>
/// <param name="Points">One a run of the device, oldest first; NaN where it has no such figure.</param>
public sealed record Track(string Device, CellKey Key, string Unit, Better Better, bool Simulated, IReadOnlyList<double> Points)
{
    public IEnumerable<double> Known => Points.Where(double.IsFinite);

    /// <summary>Latest over first, as performance: above 1 is better.</summary>
    public double Change => Known.ToList() is { Count: > 1 } k ? Better == Better.Higher ? k[^1] / k[0] : k[0] / k[^1] : double.NaN;
}

/// <summary>Figures followed over runs; matched as comparisons match cells.</summary>
public static class History
{
    /// <param name="runs">Any order, any devices.</param>
    public static IReadOnlyList<Track> Of(IEnumerable<RunFigures> runs)
    {
        var tracks = new List<Track>();
        foreach (var device in runs.GroupBy(r => r.Info.DeviceName).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var ordered = device.OrderBy(r => r.Info.Start).ToList();
            var found = new Dictionary<CellKey, (Figure First, double[] Points)>();
            foreach (var (i, run) in ordered.Index())
            {
                var shapes = new Shapes(run.Plan, byShape: false);
                foreach (var f in run.Figures.Where(f => f.Metric.Id == f.Probe.Main.Id))
                {
                    var key = new CellKey("", shapes.Layout(f.Layout), f.Mode, shapes.Slice(f.Layout, f.Slice), f.Phase, f.Metric.Id, f.Parameters.ToString());
                    if (!found.TryGetValue(key, out var track)) found[key] = track = (f, [.. Enumerable.Repeat(double.NaN, ordered.Count)]);
                    track.Points[i] = f.Median;
                }
            }
            tracks.AddRange(found.Select(t => new Track(device.Key, t.Key, t.Value.First.Metric.Unit, t.Value.First.Metric.Better, ordered[0].Info.Simulated, t.Value.Points)));
        }
        return tracks;
    }
}
