using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>A probe with all combinations of its parameters, made once and shared by every layout, mode and slice.</summary>
sealed record ProbePoints(ProbeInfo Probe, IReadOnlyList<Parameters> Points)
{
    /// <summary>How many combinations a choice has, without making them. May exceed any integer.</summary>
    public static double Count(ProbeChoice choice) => choice.Axes.Aggregate(1.0, (product, axis) => product * axis.Value.Count);

    /// <summary>The cartesian product in declared order, the last parameter varying fastest. Parameters without value and default stay out: the probe chooses.</summary>
    public static ProbePoints Of(ProbeChoice choice)
    {
        var written = choice.Axes.ToDictionary(a => a.Key, a => a.Value);
        var axes = new List<(string Name, IReadOnlyList<ParameterValue> Values)>();
        foreach (var parameter in choice.Probe.Parameters)
        {
            if (written.TryGetValue(parameter.Name, out var values)) axes.Add((parameter.Name, values));
            else if (parameter.Default is { } otherwise) axes.Add((parameter.Name, [otherwise]));
        }
        var points = new Parameters[(int)Count(choice)];
        var indices = new int[axes.Count];
        for (var i = 0; i < points.Length; i++)
        {
            var items = new KeyValuePair<string, ParameterValue>[axes.Count];
            for (var a = 0; a < items.Length; a++) items[a] = new(axes[a].Name, axes[a].Values[indices[a]]);
            points[i] = new(items);
            Advance(indices, axes);
        }
        return new(choice.Probe, points);
    }

    static void Advance(int[] indices, List<(string Name, IReadOnlyList<ParameterValue> Values)> axes)
    {
        for (var a = indices.Length - 1; a >= 0; a--)
        {
            if (++indices[a] < axes[a].Values.Count) return;
            indices[a] = 0;
        }
    }
}
