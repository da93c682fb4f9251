using System.Globalization;
using GpuLab.Results;

namespace GpuLab.Reports.Comparison;

/// <summary>Something that is not the same in all runs.</summary>
/// <param name="Section">Where it stands: <c>device</c>, <c>tool</c>, <c>run</c>, or a probe's id.</param>
/// <param name="Values">One a run; empty where the run does not say.</param>
/// <param name="Expected">Whether it belongs to what is compared, such as the clock of another device.</param>
public sealed record Difference(string Section, string Name, IReadOnlyList<string> Values, bool Expected);

/// <summary>Finds what differs between runs besides the thing compared.</summary>
static class Differing
{
    /// <summary>Different in any two runs, and no reason for anything.</summary>
    static readonly string[] passing = ["process", "steal since boot", "uptime", "load", "memory available", "boot"];

    /// <summary>Facts of a trial that follow from its calibration or its seed.</summary>
    static readonly string[] calibrated = ["passes", "steps", "data seed", "segment", "iterations", "batch"];

    public static (string Subject, IReadOnlyList<Difference> Differences) Between(IReadOnlyList<ComparedRun> runs, IReadOnlyList<ComparedCell> cells, string by)
    {
        if (runs.Count < 2) return (by == "run" ? "time" : by, []);
        var infos = runs.Select(r => r.Run.Info).ToList();
        var subject = Differ(infos, i => i.DeviceName) ? "device" : Differ(infos, i => i.Tool) ? "program" : "time";
        var found = new List<Difference>();
        void Add(string section, string name, Func<ComparedRun, string> value, bool expected)
        {
            string[] values = [.. runs.Select(value)];
            if (values.Distinct().Count() > 1) found.Add(new(section, name, values, expected));
        }
        Add("run", "simulated", r => r.Run.Info.Simulated ? "yes" : "no", false);
        Add("run", "device", r => r.Run.Info.DeviceName, subject == "device");
        Add("run", "program", r => r.Run.Info.Tool, subject == "program");
        Add("run", "partitioner", r => r.Run.Plan.Partitioner, false);
        Add("run", "sweep", r => $"{r.Run.Info.Name} {r.Run.Info.SweepHash[..Math.Min(12, r.Run.Info.SweepHash.Length)]}", false);
        Add("run", "seed", r => r.Run.Info.Seed.ToString(CultureInfo.InvariantCulture), false);
        Add("run", "repeats", r => Repeats(r.Run.Plan), false);
        Add("run", "exit", r => r.Run.Info.Exit?.ToString(CultureInfo.InvariantCulture) ?? "not ended", false);
        foreach (var section in infos.SelectMany(i => i.Provenance.Keys).Distinct())
        {
            foreach (var name in infos.SelectMany(i => i.Provenance.GetValueOrDefault(section)?.Keys ?? []).Distinct().Where(n => !passing.Contains(n)))
                Add(section, name, r => r.Run.Info.Provenance.GetValueOrDefault(section)?.GetValueOrDefault(name) ?? "", subject == "device" && section == "device" || subject == "program" && (section, name) is ("tool", "version"));
        }
        return (subject, [.. found, .. OfTrials(runs, cells)]);
    }

    /// <summary>What probes chose differently in the same cell: pages, kernels, threads. The first such cell of each probe speaks for it.</summary>
    static IEnumerable<Difference> OfTrials(IReadOnlyList<ComparedRun> runs, IReadOnlyList<ComparedCell> cells)
    {
        var seen = new HashSet<(string, string)>();
        foreach (var cell in cells)
        {
            var sides = cell.Sides.OfType<Side>().DistinctBy(s => s.Run.Label).ToList();
            if (sides.Count < 2) continue;
            foreach (var name in sides.SelectMany(s => s.Run.Run.Facts.GetValueOrDefault((s.Figure.Cell, s.Figure.Slice))?.Keys ?? []).Distinct().Where(n => !calibrated.Contains(n)))
            {
                if (seen.Contains((cell.Probe.Id, name))) continue;
                string[] values = [.. runs.Select(r => sides.FirstOrDefault(s => s.Run == r) is { } side ? r.Run.Fact(side.Figure, name) ?? "" : "")];
                if (values.Where(v => v.Length > 0).Distinct().Count() < 2) continue;
                seen.Add((cell.Probe.Id, name));
                yield return new(cell.Probe.Id, $"{name} ({cell.Key})", values, false);
            }
        }
    }

    static string Repeats(PlanDocument plan) => plan.Cells.Select(c => c.Repeats).Distinct().Order().ToList() is var all && all.Count == 0 ? "none" : string.Join(", ", all.Select(r => r.ToString(CultureInfo.InvariantCulture)));

    static bool Differ(IEnumerable<RunInfo> infos, Func<RunInfo, string> value) => infos.Select(value).Distinct().Count() > 1;
}
