using GpuLab.Model;
using GpuLab.Statistics;

namespace GpuLab.Reports.Comparison;

/// <summary>Probes that runs share without sharing a size: parameters of which no value is common to them all.</summary>
sealed class Sizes
{
    readonly List<(string Probe, string Parameter, IReadOnlyList<string> Values)> found = [];

    /// <param name="by">The parameter that columns differ in, which is meant to differ.</param>
    public static Sizes Disjoint(IReadOnlyList<RunFigures> runs, string by)
    {
        var sizes = new Sizes();
        if (runs.Count < 2) return sizes;
        foreach (var probe in runs.SelectMany(r => r.Figures).GroupBy(f => f.Probe.Id).Select(g => g.First().Probe))
        {
            var ofRuns = runs.Select(r => r.Figures.Where(f => f.Probe.Id == probe.Id).Select(f => f.Parameters).Distinct().ToList()).ToList();
            if (ofRuns.Exists(p => p.Count == 0)) continue;
            foreach (var name in ofRuns.SelectMany(p => p).SelectMany(p => p).Select(p => p.Key).Distinct().Where(n => n != by))
            {
                var values = ofRuns.Select(p => p.Select(q => q[name]?.ToString() ?? "the probe's default").ToHashSet()).ToList();
                if (values.Aggregate((IEnumerable<string>)values[0], (common, other) => common.Intersect(other)).Any()) continue;
                sizes.found.Add((probe.Id, name, [.. values.Select(v => string.Join(' ', v.Take(4)) + (v.Count > 4 ? " …" : ""))]));
            }
        }
        return sizes;
    }

    public IEnumerable<(string Probe, string Parameter, IReadOnlyList<string> Values)> All => found;

    /// <summary>The parameters less those in which the runs have nothing in common.</summary>
    public Parameters Without(string probe, Parameters parameters) => found.Where(s => s.Probe == probe).Aggregate(parameters, (p, s) => p.Without(s.Parameter));
}
