using System.CommandLine;
using System.Text.Json;
using GpuLab.Model;
using Spectre.Console;

namespace GpuLab.Cli.Verbs;

static class DevicesVerb
{
    public static Command Create()
    {
        var json = Options.Json();
        var all = new Option<bool>("--details", "-d") { Description = "Everything that is known about each device." };
        var verb = new Command("devices", "Lists the devices of this machine and how they can be cut.\n\nExample: gpulab devices --details") { all, json };
        verb.SetAction(int (parse) =>
        {
            var devices = Devices.Here().ToList();
            if (parse.GetValue(json)) PrintJson(devices);
            else foreach (var device in devices) Print(device, parse.GetValue(all));
            return CommandLine.Done;
        });
        return verb;
    }

    static void Print(Control.IDevice device, bool all)
    {
        Terminal.Out.MarkupLineInterpolated($"[bold]{device.Id}[/]  {device.Facts.Name}");
        var grid = new Grid().AddColumn(new GridColumn { Padding = new(2, 0, 2, 0), NoWrap = true }).AddColumn();
        grid.AddRow("memory", Pretty.Bytes(device.Facts.Memory));
        foreach (var partitioner in device.Partitioners)
            grid.AddRow("cut by", Markup.Escape($"{partitioner.Name} over {partitioner.Units.Count} {partitioner.Units.Name}"));
        if (all)
        {
            foreach (var (name, value) in device.Facts.Details) grid.AddRow(Markup.Escape(name), Markup.Escape(value));
        }
        Terminal.Out.Write(grid);
    }

    static void PrintJson(IEnumerable<Control.IDevice> devices)
    {
        using var writer = new Utf8JsonWriter(Console.OpenStandardOutput(), new() { Indented = true });
        writer.WriteStartArray();
        foreach (var device in devices)
        {
            writer.WriteStartObject();
            writer.WriteString("device", device.Id.ToString());
            writer.WriteString("name", device.Facts.Name);
            writer.WriteBoolean("simulated", device.Facts.Simulated);
            writer.WriteNumber("memory_bytes", device.Facts.Memory);
            writer.WriteStartArray("partitioners");
            foreach (var partitioner in device.Partitioners) writer.WriteStringValue(partitioner.Name);
            writer.WriteEndArray();
            writer.WriteStartObject("details");
            foreach (var (name, value) in device.Facts.Details) writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
