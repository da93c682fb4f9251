using System.CommandLine;
using GpuLab.Control.Nvml;
using GpuLab.Model;
using GpuLab.Probes.Selftest;
using GpuLab.Reports.Html;
using GpuLab.Results;
using Spectre.Console;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab selftest</c>: the first thing to run on a machine with a GPU.</summary>
static class SelftestVerb
{
    const string Document = "selftest.json", Page = "selftest.html", Visible = "CUDA_VISIBLE_DEVICES";

    static readonly TimeSpan longest = TimeSpan.FromMinutes(9);

    public static Command Create()
    {
        var on = Options.On($"The GPU: gpu:N or GPU-uuid. Default: what {Visible} names, else gpu:0.");
        var checks = new Option<bool>("--checks", "-c") { Description = "Only load, check and look at clocks: no figures." };
        var output = new Option<DirectoryInfo?>("--out", "-o") { Description = "Folder to write selftest.json and selftest.html to. Default: selftest.", HelpName = "FOLDER" };
        var patience = new Option<double>("--step-timeout")
        {
            Description = "Seconds after which a module, check or figure that has not come to its end is given up and the next is begun.", HelpName = "SECONDS", DefaultValueFactory = _ => 90,
        };
        patience.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is > 0 and < 86400)) result.AddError("--step-timeout must be between 0 and 86400 seconds.");
        });
        var verb = new Command("selftest", $"""
            Proves on a GPU what cannot be proven without: that every kernel loads, spills no registers and is right, and how its clocks step; then
            takes a short look at every figure beside its ceiling. What cannot be proven here is listed. What breaks the GPU's context, dies or hangs
            costs that step alone: a fresh process goes on behind it. A slice is tested by naming it in {Visible}. Changes no setting of the GPU.

            Examples:
              gpulab selftest
              gpulab selftest --on gpu:1 --out selftest-gpu1
            """) { on, checks, output, patience };
        verb.SetAction((parse, cancel) => Run(parse.GetValue(on), !parse.GetValue(checks), TimeSpan.FromSeconds(parse.GetValue(patience)),
            parse.GetValue(output)?.FullName ?? Path.GetFullPath("selftest"), cancel));
        return verb;
    }

    static async Task<int> Run(DeviceId? on, bool figures, TimeSpan step, string folder, CancellationToken cancel)
    {
        var visible = Device(on);
        Directory.CreateDirectory(folder);
        var result = await new SelftestProcess(Path.Combine(folder, Document), visible, figures, step, longest).Run(cancel);
        var page = Path.Combine(folder, Page);
        await File.WriteAllTextAsync(page, SelftestPage.Render(result), cancel);
        Print(result);
        Terminal.Out.MarkupLineInterpolated($"{page}");
        return result.Wrong == 0 ? CommandLine.Done : CommandLine.Failed;
    }

    /// <summary>What the child is to see; null for what this process sees.</summary>
    static string? Device(DeviceId? on) => on switch
    {
        { Kind: DeviceKind.Gpu } gpu => NvmlDriver.Find(gpu),
        null when !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Visible)) => null,
        null => NvmlDriver.Find(new(DeviceKind.Gpu, "0")),
        _ => throw new UsageException($"{on}: a selftest needs a real GPU, gpu:N or GPU-uuid."),
    };

    static void Print(SelftestResult result)
    {
        Terminal.Out.MarkupLineInterpolated($"[bold]{result.Device.Name}[/]  compute capability {result.Device.Capability}, {result.Device.Sms} SMs ({result.Device.SmNumbers}), {Pretty.Bytes(result.Device.Memory)}, CUDA {result.Device.Driver}");
        Terminal.Out.MarkupLineInterpolated($"clocks  events step {Pretty.Time(result.Clocks.EventStepNs * 1e-9)}, SM timer {Pretty.Time(result.Clocks.TimerStepNs * 1e-9)}, SM clock {Pretty.Value(result.Clocks.SmClockHz, "Hz")}");
        if (result.Timer is { } timer) Terminal.Out.MarkupLineInterpolated($"timer   {SelftestPage.Timer(timer)}");
        foreach (var module in result.Modules.Where(m => m.Problem is not null)) Terminal.Out.MarkupLineInterpolated($"not proven  {module.Name}: {module.Problem}");
        foreach (var check in result.Checks.Where(c => c.Outcome != SelftestOutcome.Right)) Terminal.Out.MarkupLineInterpolated($"{(check.Outcome == SelftestOutcome.Wrong ? "WRONG" : "not proven")}  {check.Name}: {check.Why}");
        foreach (var kernel in result.Kernels.Where(k => k.LocalBytes > 0)) Terminal.Out.MarkupLineInterpolated($"spills  {kernel.Name}: {kernel.LocalBytes} bytes a thread, {kernel.Registers} registers");
        if (result.Figures.Count > 0)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("figure").AddColumn("median").AddColumn("of ceiling").AddColumn("");
            foreach (var f in result.Figures)
            {
                table.AddRow(Markup.Escape(f.Metric), Markup.Escape(Pretty.Value(f.Value, f.Unit)), Markup.Escape(SelftestPage.OfCeiling(f)),
                    Markup.Escape(f.Outcome switch { SelftestOutcome.Right => "", SelftestOutcome.Wrong => $"WRONG: {f.Why}", _ => $"not proven: {f.Why}" }));
            }
            Terminal.Out.Write(table);
        }
        Terminal.Out.MarkupLineInterpolated($"{SelftestPage.Verdict(result)}");
    }
}
