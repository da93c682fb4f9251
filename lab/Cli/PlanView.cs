using System.Text.Json;
using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Sweeps;
using Spectre.Console;

namespace GpuLab.Cli;

/// <summary>What <c>--dry-run</c> shows.</summary>
static class PlanView
{
    public static void Print(Plan plan, IPartitioner partitioner, IDevice device, bool json, IReadOnlyList<string> effects)
    {
        if (json) PrintJson(plan, partitioner, device, effects);
        else PrintText(plan, partitioner, device, effects);
    }

    static void PrintText(Plan plan, IPartitioner partitioner, IDevice device, IReadOnlyList<string> effects)
    {
        Terminal.Out.MarkupLineInterpolated($"[bold]{device.Id}[/] {device.Facts.Name}, cut by {partitioner.Name}");
        var table = new Table().Border(TableBorder.Simple).AddColumn("layout").AddColumn("slices").AddColumn("probe").AddColumn("mode")
            .AddColumn(new TableColumn("cells").RightAligned()).AddColumn(new TableColumn("trials").RightAligned());
        // Cut for each repeat, a layout comes several times.
        foreach (var group in plan.Groups.GroupBy(g => g.Layout))
        {
            foreach (var row in group.SelectMany(g => g.Trials).GroupBy(t => (t.Cell.Probe.Id, t.Cell.Mode)).OrderBy(g => g.Min(t => t.Cell.Number)))
            {
                table.AddRow(Markup.Escape(group.Key.ToString()), Markup.Escape(string.Join(' ', group.First().Slices)), row.Key.Id, row.Key.Mode.ToString().ToLowerInvariant(),
                    Whole(row.Select(t => t.Cell.Number).Distinct().Count()), Whole(row.Count()));
            }
        }
        Terminal.Out.Write(table);
        foreach (var skip in plan.Skips) Terminal.Out.MarkupLineInterpolated($"[yellow]skipped[/] {skip.What}: {skip.Reason} ({skip.Cells} cells)");
        foreach (var effect in effects) Terminal.Out.MarkupLineInterpolated($"{effect}.");
        if (Cuts(plan) is { } cuts) Terminal.Out.MarkupLineInterpolated($"{cuts}");
        Terminal.Out.MarkupLineInterpolated($"{plan.TrialCount} trials, about {Pretty.Time(plan.Seconds)}, {Pretty.Time(plan.MostSeconds)} on a machine too noisy for the precision that is asked. Nothing was touched.");
    }

    /// <summary>What going through the layouts changes on the device, or null where that is nothing.</summary>
    static string? Cuts(Plan plan)
    {
        var cuts = plan.Groups.Select(g => g.Cut).OfType<PlannedCut>().ToList();
        if (cuts.Sum(c => c.Created + c.Destroyed) == 0 && !cuts.Any(c => c.SwitchesMode)) return null;
        var modes = cuts.Count(c => c.SwitchesMode);
        var mode = modes == 0 ? "" : $", switches MIG mode {Whole(modes)} {(modes == 1 ? "time" : "times")}";
        return $"Going through the layouts in this order creates {Whole(cuts.Sum(c => c.Created))} and destroys {Whole(cuts.Sum(c => c.Destroyed))} GPU instances{mode}: about {Pretty.Time(cuts.Sum(c => c.Seconds))}, estimated. What is there now comes back at the end.";
    }

    static string Whole(int count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    static void PrintJson(Plan plan, IPartitioner partitioner, IDevice device, IReadOnlyList<string> effects)
    {
        using var writer = new Utf8JsonWriter(Console.OpenStandardOutput(), new() { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("device", device.Id.ToString());
        writer.WriteBoolean("simulated", device.Facts.Simulated);
        writer.WriteString("partitioner", partitioner.Name);
        writer.WriteNumber("trials", plan.TrialCount);
        writer.WriteNumber("seconds", plan.Seconds);
        writer.WriteNumber("most_seconds", plan.MostSeconds);
        writer.WriteStartArray("detectable");
        foreach (var effect in effects) writer.WriteStringValue(effect);
        writer.WriteEndArray();
        writer.WriteStartArray("layouts");
        foreach (var group in plan.Groups)
        {
            writer.WriteStartObject();
            writer.WriteString("layout", group.Layout.ToString());
            if (group.Cut is { } cut)
            {
                writer.WriteNumber("destroys", cut.Destroyed);
                writer.WriteNumber("creates", cut.Created);
                writer.WriteBoolean("switches_mode", cut.SwitchesMode);
                writer.WriteNumber("cut_seconds", cut.Seconds);
            }
            writer.WriteStartArray("trials");
            foreach (var trial in group.Trials)
            {
                writer.WriteStartObject();
                writer.WriteString("id", trial.Id);
                writer.WriteString("cell", trial.Cell.ToString());
                writer.WriteNumber("repeat", trial.Repeat);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("skips");
        foreach (var skip in plan.Skips)
        {
            writer.WriteStartObject();
            writer.WriteString("what", skip.What);
            writer.WriteString("reason", skip.Reason);
            writer.WriteNumber("cells", skip.Cells);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
