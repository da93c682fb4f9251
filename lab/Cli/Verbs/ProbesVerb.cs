using System.CommandLine;
using System.Text.Json;
using GpuLab.Model;
using GpuLab.Probes;
using Spectre.Console;

namespace GpuLab.Cli.Verbs;

static class ProbesVerb
{
    public static Command Create()
    {
        var json = Options.Json();
        var verb = new Command("probes", "Lists what can be measured, with units and parameters.\n\nExample: gpulab probes --json") { json };
        verb.SetAction(int (parse) =>
        {
            if (parse.GetValue(json)) PrintJson();
            else Print();
            return CommandLine.Done;
        });
        return verb;
    }

    static void Print()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("probe").AddColumn("figure").AddColumn("unit").AddColumn("parameters").AddColumn("what it does");
        foreach (var probe in Catalogue.Probes)
        {
            table.AddRow(Markup.Escape(probe.Id), Markup.Escape(string.Join(", ", probe.Metrics.Select(m => m.Name))), Markup.Escape(probe.Main.Unit),
                Markup.Escape(string.Join(", ", probe.Parameters.Select(Written))), Markup.Escape(probe.Summary));
        }
        Terminal.Out.Write(table);
    }

    static string Written(Parameter parameter)
    {
        var values = parameter.Words is { } words ? $" ({string.Join('|', words)})" : "";
        return parameter.Default is { } otherwise ? $"{parameter.Name}{values} = {otherwise}" : parameter.Name + values;
    }

    static void PrintJson()
    {
        using var writer = new Utf8JsonWriter(Console.OpenStandardOutput(), new() { Indented = true });
        writer.WriteStartArray();
        foreach (var probe in Catalogue.Probes)
        {
            writer.WriteStartObject();
            writer.WriteString("probe", probe.Id);
            writer.WriteString("summary", probe.Summary);
            writer.WriteString("resource", probe.Resource.ToString().ToLowerInvariant());
            writer.WriteStartArray("metrics");
            foreach (var metric in probe.Metrics)
            {
                writer.WriteStartObject();
                writer.WriteString("id", metric.Id);
                writer.WriteString("unit", metric.Unit);
                writer.WriteString("better", metric.Better.ToString().ToLowerInvariant());
                writer.WriteString("summary", metric.Summary);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteStartArray("parameters");
            foreach (var parameter in probe.Parameters)
            {
                writer.WriteStartObject();
                writer.WriteString("name", parameter.Name);
                writer.WriteString("type", parameter.Type.ToString().ToLowerInvariant());
                writer.WriteString("default", parameter.Default?.ToString());
                writer.WriteString("summary", parameter.Summary);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
