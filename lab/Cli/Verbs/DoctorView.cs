using System.Globalization;
using System.Text.Json;
using GpuLab.Control.Health;
using GpuLab.Statistics;
using Spectre.Console;

namespace GpuLab.Cli.Verbs;

/// <summary>A diagnosis for people and for scripts.</summary>
static class DoctorView
{
    public static void Print(Diagnosis found)
    {
        foreach (var gpu in found.Gpus)
        {
            Terminal.Out.MarkupLineInterpolated($"[bold]{gpu.Name}[/]  {gpu.Product}");
            var grid = new Grid().AddColumn(new GridColumn { Padding = new(2, 0, 2, 0), NoWrap = true }).AddColumn();
            foreach (var (name, value) in State(gpu)) grid.AddRow(name, Markup.Escape(value));
            Terminal.Out.Write(grid);
        }
        foreach (var f in found.Findings)
        {
            var colour = f.Severity switch { Severity.Invalid => "red", Severity.Suspect => "yellow", _ => "grey" };
            Terminal.Out.MarkupLineInterpolated($"[{colour}]{f.Severity.ToString().ToUpperInvariant(),-7}[/] {f.Subject}: {f.Message} {f.Remedy}");
        }
        if (found.Findings.Count == 0) Terminal.Out.WriteLine("Nothing was found that would make figures low.");
    }

    public static void PrintJson(Diagnosis found)
    {
        using var writer = new Utf8JsonWriter(Console.OpenStandardOutput(), new() { Indented = true });
        writer.WriteStartObject();
        writer.WriteStartArray("gpus");
        foreach (var gpu in found.Gpus)
        {
            writer.WriteStartObject();
            writer.WriteString("device", gpu.Name);
            writer.WriteString("name", gpu.Product);
            foreach (var (name, value) in State(gpu)) writer.WriteString(name.Replace(' ', '_'), value);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteString("kernel_module", found.Machine.KernelModule);
        writer.WriteString("driver", found.Machine.Driver);
        FindingJson.Write(writer, found.Findings);
        writer.WriteEndObject();
    }

    /// <summary>What the driver answered, in the order in which one reads it.</summary>
    static IEnumerable<(string Name, string Value)> State(GpuHealth gpu)
    {
        if (gpu.Pci is { } pci) yield return ("pci", pci);
        if (gpu is { LinkGeneration: { } generation, LinkWidth: { } width }) yield return ("link", I($"generation {generation.Now} of {generation.Most}, {width.Now} of {width.Most} lanes"));
        if (gpu.SmClock is { } sm) yield return ("sm clock", I($"{sm.Now} of {sm.Most} MHz"));
        if (gpu.MemoryClock is { } memory) yield return ("memory clock", I($"{memory.Now} of {memory.Most} MHz"));
        if (gpu.ClockReasons is { } reasons) yield return ("clocks lowered by", reasons == ClockReason.None ? "nothing" : reasons.ToString());
        if (gpu.PowerLimit is { } power) yield return ("power limit", I($"{power.Now:0} W, usually {power.Usual:0} W"));
        if (gpu.Temperature is { } temperature) yield return ("temperature", I($"{temperature} °C"));
        if (gpu.Ecc is { } ecc) yield return ("ecc", I($"{(ecc.Current ? "on" : "off")}, {gpu.EccCorrected ?? 0} corrected and {gpu.EccUncorrected ?? 0} uncorrected errors"));
        if (gpu.Persistent is { } persistent) yield return ("persistence", persistent ? "on" : "off");
        if (gpu.ComputeMode is { } mode) yield return ("compute mode", mode.ToString());
        yield return ("mig", !gpu.HasMig ? "none" : gpu.Mig.Current ? I($"on, {gpu.Instances} GPU instances") : "off");
        yield return ("processes", gpu.Holders.Count == 0 ? "none" : string.Join(", ", gpu.Holders.Select(h => h.Describe()).Distinct()));
    }

    static string I(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
