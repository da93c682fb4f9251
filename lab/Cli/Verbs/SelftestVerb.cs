using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using GpuLab.Control.Nvml;
using GpuLab.Model;
using GpuLab.Probes.Selftest;
using GpuLab.Reports.Html;
using GpuLab.Results;
using GpuLab.Running;
using Spectre.Console;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab selftest</c>: the first thing to run on a machine with a GPU.</summary>
static class SelftestVerb
{
    const string Document = "selftest.json", Page = "selftest.html", Visible = "CUDA_VISIBLE_DEVICES";

    /// <summary>What hangs is ended: a kernel that does not come to its end never lets go of its process.</summary>
    static readonly TimeSpan longest = TimeSpan.FromMinutes(9);

    public static Command Create()
    {
        var on = Options.On($"The GPU: gpu:N or GPU-uuid. Default: what {Visible} names, else gpu:0.");
        var checks = new Option<bool>("--checks", "-c") { Description = "Only load, check and look at clocks: no figures." };
        var output = new Option<DirectoryInfo?>("--out", "-o") { Description = "Folder to write selftest.json and selftest.html to. Default: selftest.", HelpName = "FOLDER" };
        var verb = new Command("selftest", $"""
            Proves on a GPU what cannot be proven without: that every kernel loads, spills no registers and is right, and how its clocks step; then
            takes a short look at every figure beside its ceiling. What cannot be proven here is listed. A slice is tested by naming it in {Visible}.
            Changes no setting of the GPU.

            Examples:
              gpulab selftest
              gpulab selftest --on gpu:1 --out selftest-gpu1
            """) { on, checks, output };
        verb.SetAction((parse, cancel) => Run(parse.GetValue(on), parse.GetValue(checks), parse.GetValue(output)?.FullName ?? Path.GetFullPath("selftest"), cancel));
        return verb;
    }

    static async Task<int> Run(DeviceId? on, bool checks, string folder, CancellationToken cancel)
    {
        var visible = Device(on);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Document);
        File.Delete(file);
        var (done, errors) = await Child(visible, file, checks, cancel);
        if (!File.Exists(file)) throw new IOException(errors.Length > 0 ? errors : "the selftest ended without a word");
        var result = Read(file);
        var page = Path.Combine(folder, Page);
        await File.WriteAllTextAsync(page, SelftestPage.Render(result), cancel);
        Print(result);
        if (errors.Length > 0) await Console.Error.WriteLineAsync($"gpulab: {errors}");
        Terminal.Out.MarkupLineInterpolated($"{page}");
        return done && result is { Complete: true, Wrong: 0 } ? CommandLine.Done : CommandLine.Failed;
    }

    /// <summary>What the child is to see; null for what this process sees.</summary>
    static string? Device(DeviceId? on) => on switch
    {
        { Kind: DeviceKind.Gpu } gpu => NvmlDriver.Find(gpu),
        null when !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Visible)) => null,
        null => NvmlDriver.Find(new(DeviceKind.Gpu, "0")),
        _ => throw new UsageException($"{on}: a selftest needs a real GPU, gpu:N or GPU-uuid."),
    };

    /// <summary>A process of its own: what a kernel breaks ends with it, and CUDA reads its environment only at the start.</summary>
    static async Task<(bool Done, string Errors)> Child(string? visible, string file, bool checks, CancellationToken cancel)
    {
        string[] arguments = [.. OwnCommand.Arguments.Skip(1), SelftestEntry.Verb, file, checks ? SelftestEntry.Checks : SelftestEntry.Figures];
        var start = new ProcessStartInfo(OwnCommand.Arguments[0], arguments) { RedirectStandardError = true };
        if (visible is not null) start.Environment[Visible] = visible;
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync(CancellationToken.None);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(longest);
        try
        {
            await child.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            return (false, $"the selftest did not end within {longest.TotalMinutes:0} minutes and was ended");
        }
        var said = (await errors).Trim();
        return (child.ExitCode == 0, said.StartsWith("gpulab: ", StringComparison.Ordinal) ? said["gpulab: ".Length..] : said);
    }

    static SelftestResult Read(string file)
    {
        try
        {
            return SelftestJson.Read(file);
        }
        catch (JsonException wrong)
        {
            throw new IOException($"{file}: {wrong.Message}");
        }
    }

    static void Print(SelftestResult result)
    {
        Terminal.Out.MarkupLineInterpolated($"[bold]{result.Device.Name}[/]  compute capability {result.Device.Capability}, {result.Device.Sms} SMs ({result.Device.SmNumbers}), {Pretty.Bytes(result.Device.Memory)}, CUDA {result.Device.Driver}");
        Terminal.Out.MarkupLineInterpolated($"clocks  events step {Pretty.Time(result.Clocks.EventStepNs * 1e-9)}, SM timer {Pretty.Time(result.Clocks.TimerStepNs * 1e-9)}, SM clock {Pretty.Value(result.Clocks.SmClockHz, "Hz")}");
        foreach (var module in result.Modules.Where(m => m.Problem is not null)) Terminal.Out.MarkupLineInterpolated($"not proven  {module.Name}: {module.Problem}");
        foreach (var check in result.Checks.Where(c => c.Outcome != SelftestOutcome.Right)) Terminal.Out.MarkupLineInterpolated($"{(check.Outcome == SelftestOutcome.Wrong ? "WRONG" : "not proven")}  {check.Name}: {check.Why}");
        foreach (var kernel in result.Kernels.Where(k => k.LocalBytes > 0)) Terminal.Out.MarkupLineInterpolated($"spills  {kernel.Name}: {kernel.LocalBytes} bytes a thread, {kernel.Registers} registers");
        if (result.Figures.Count > 0)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("figure").AddColumn("median").AddColumn("of ceiling").AddColumn("");
            foreach (var f in result.Figures)
            {
                table.AddRow(Markup.Escape(f.Metric), Markup.Escape(Pretty.Value(f.Value, f.Unit)), double.IsNaN(f.Ceiling) ? "–" : Pretty.Percent(f.Value / f.Ceiling),
                    Markup.Escape(f.Outcome switch { SelftestOutcome.Right => "", SelftestOutcome.Wrong => $"WRONG: {f.Why}", _ => $"not proven: {f.Why}" }));
            }
            Terminal.Out.Write(table);
        }
        Terminal.Out.MarkupLineInterpolated($"{SelftestPage.Verdict(result)}");
    }
}
