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
        foreach (var group in plan.Groups)
        {
            foreach (var row in group.Trials.GroupBy(t => (t.Cell.Probe.Id, t.Cell.Mode)).OrderBy(g => g.Min(t => t.Cell.Number)))
            {
                table.AddRow(Markup.Escape(group.Layout.ToString()), Markup.Escape(string.Join(' ', group.Slices)), row.Key.Id, row.Key.Mode.ToString().ToLowerInvariant(),
                    Whole(row.Select(t => t.Cell.Number).Distinct().Count()), Whole(row.Count()));
            }
        }
        Terminal.Out.Write(table);
        foreach (var skip in plan.Skips) Terminal.Out.MarkupLineInterpolated($"[yellow]skipped[/] {skip.What}: {skip.Reason} ({skip.Cells} cells)");
        foreach (var effect in effects) Terminal.Out.MarkupLineInterpolated($"{effect}.");
        Terminal.Out.MarkupLineInterpolated($"{plan.TrialCount} trials, about {Pretty.Time(plan.Seconds)}, {Pretty.Time(plan.MostSeconds)} on a machine too noisy for the precision that is asked. Nothing was touched.");
    }

    static string Whole(int count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    static void PrintJson(Plan plan, IPartitioner partitioner, IDevice device, IReadOnlyList<string> effects)
    {
        using var writer = new Utf8JsonWriter(Console.OpenStandardOutput(), new() { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("device", device.Id.ToString());
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
