using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>Finds entries of <c>probes</c> that would measure the same cell twice.</summary>
static class ProbeOverlap
{
    public static void Check(IReadOnlyList<Placed<ProbeChoice>> entries, Errors errors)
    {
        foreach (var group in entries.GroupBy(e => e.Value.Probe.Id).Where(g => g.Count() > 1))
        {
            var earlier = new List<(TextPlace Place, HashSet<ParameterValue?>[] Axes)>();
            foreach (var (choice, place) in group)
            {
                var axes = Axes(choice);
                var same = earlier.FirstOrDefault(e => Meet(e.Axes, axes));
                if (same.Axes is not null) errors.Add(place, string.Create(CultureInfo.InvariantCulture, $"{Example(choice.Probe, same.Axes, axes)} is measured already, by the entry on line {same.Place.Line}."));
                else earlier.Add((place, axes));
            }
        }
    }

    /// <summary>The values of each declared parameter; its default, or null for the probe's own choice, where the entry has none.</summary>
    static HashSet<ParameterValue?>[] Axes(ProbeChoice choice)
    {
        var written = choice.Axes.ToDictionary(a => a.Key, a => a.Value);
        return [.. choice.Probe.Parameters.Select(p => written.TryGetValue(p.Name, out var values) ? values.Select(v => (ParameterValue?)v).ToHashSet() : [p.Default])];
    }

    static bool Meet(HashSet<ParameterValue?>[] a, HashSet<ParameterValue?>[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            var (small, large) = a[i].Count < b[i].Count ? (a[i], b[i]) : (b[i], a[i]);
            if (!small.Any(large.Contains)) return false;
        }
        return true;
    }

    static string Example(ProbeInfo probe, HashSet<ParameterValue?>[] a, HashSet<ParameterValue?>[] b)
    {
        var shared = probe.Parameters.Select((p, i) => (p.Name, Value: a[i].First(b[i].Contains))).Where(p => p.Value is not null);
        return string.Join(' ', [probe.Id, .. shared.Select(p => $"{p.Name}={p.Value}")]);
    }
}
