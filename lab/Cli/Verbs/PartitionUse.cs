using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using GpuLab.Control;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab partition use LAYOUT --run COMMAND</c>: a layout for as long as a command runs.</summary>
static class PartitionUse
{
    public static Command Create()
    {
        var (want, change) = (new PartitionWant(), new PartitionChange());
        var command = new Option<string>("--run") { Description = "Shell command to run meanwhile; GPULAB_SLICES lists the slices' UUIDs, one a line.", HelpName = "COMMAND", Required = true };
        var verb = new Command("use", "Cuts a GPU, runs a command, and brings back what was found: also after Ctrl-C, and when gpulab is killed. The exit code is the command's.") { command };
        want.AddTo(verb);
        change.AddTo(verb);
        verb.SetAction(async (parse, cancel) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Stop(s, stop));
            using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, s => Stop(s, stop));
            var wanted = want.Read(parse, change.Options(parse));
            await using var hooks = await change.Before(parse, stop.Token);
            var partitions = new List<Partition>();
            try
            {
                foreach (var (mig, layout, _) in wanted) partitions.Add(await mig.Apply(layout, stop.Token));
                return await Run(parse.GetValue(command)!, partitions, stop.Token);
            }
            finally
            {
                foreach (var partition in Enumerable.Reverse(partitions)) await partition.DisposeAsync();
            }
        });
        return verb;
    }

    static async Task<int> Run(string command, IEnumerable<Partition> partitions, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        start.Environment["GPULAB_SLICES"] = string.Join('\n', partitions.SelectMany(p => p.Slices).Select(s => s.Identity["uuid"]));
        using var process = Process.Start(start) ?? throw new PartitionException($"'{command}' did not start.");
        try
        {
            await process.WaitForExitAsync(cancel);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }

    static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
