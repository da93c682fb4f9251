using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>Samples sorted into figures: one group for each cell, slice, metric and phase, one series in it for each trial.</summary>
static class SampleGroups
{
    /// <param name="cells">The cell of each trial whose samples count.</param>
    /// <param name="windows">Common window of each trial that has one.</param>
    public static Dictionary<GroupKey, List<Series>> Of(IReadOnlyList<SampleRow> rows, IReadOnlyDictionary<string, int> cells, IReadOnlyDictionary<string, TrialWindow> windows)
    {
        var builders = new Dictionary<(string Trial, GroupKey Key), SeriesBuilder>();
        // Rows come in long stretches of one series; looking up each would cost more than all else here.
        (string Trial, string Slice, string Metric, Phase Phase) last = ("", "", "", Phase.Warmup);
        SeriesBuilder? current = null;
        foreach (var row in rows)
        {
            if (row.Phase == Phase.Warmup) continue;
            var phase = row.Phase == Phase.Together ? Phase.Together : Phase.Solo;
            if (current is null || last != (row.Trial, row.Slice, row.Metric, phase))
            {
                last = (row.Trial, row.Slice, row.Metric, phase);
                current = Builder(row, phase);
            }
            current?.Add(row);
        }

        var groups = new Dictionary<GroupKey, List<Series>>();
        foreach (var ((_, key), builder) in builders)
        {
            if (!groups.TryGetValue(key, out var series)) groups[key] = series = [];
            series.Add(builder.Build());
        }
        foreach (var series in groups.Values) series.Sort((a, b) => a.Repeat.CompareTo(b.Repeat));
        return groups;

        SeriesBuilder? Builder(in SampleRow row, Phase phase)
        {
            if (!cells.TryGetValue(row.Trial, out var cell)) return null;
            if (phase == Phase.Together && windows.GetValueOrDefault(row.Trial)?.Interleaved == true) phase = Phase.Interleaved;
            var key = (row.Trial, new GroupKey(cell, row.Slice, row.Metric, phase));
            if (!builders.TryGetValue(key, out var builder))
            {
                builders[key] = builder = new(row.Trial, row.Repeat, phase.HasOthers() ? windows.GetValueOrDefault(row.Trial) : null);
            }
            return builder;
        }
    }
}

/// <summary>What tells figures of a run apart.</summary>
readonly record struct GroupKey(int Cell, string Slice, string Metric, Phase Phase);
