using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using GpuLab.Control;
using GpuLab.Control.Mig;

namespace GpuLab.Cli.Verbs;

/// <summary>What verbs that change GPUs have in common: patience, permission, and what runs before and after.</summary>
sealed class PartitionChange
{
    readonly Option<double> wait = new("--wait") { Description = "Seconds to wait for another gpulab and for processes that use what would change. They are never killed.", HelpName = "SECONDS" };
    readonly Option<bool> mode = new("--allow-mode-change") { Description = "MIG mode may be switched on or off." };
    readonly Option<string?> before = new("--before") { Description = "Shell command to run first, such as stopping DCGM; if it fails, nothing is touched.", HelpName = "COMMAND" };
    readonly Option<string?> after = new("--after") { Description = "Shell command to run at the end, also after a failure.", HelpName = "COMMAND" };
    readonly Option<double> timeout = new("--hook-timeout") { Description = "Seconds that each of them may take.", HelpName = "SECONDS", DefaultValueFactory = _ => 60 };

    public void AddTo(Command verb)
    {
        foreach (var option in (Option[])[wait, mode, before, after, timeout]) verb.Add(option);
        foreach (var seconds in (Option<double>[])[wait, timeout])
        {
            seconds.Validators.Add(result =>
            {
                if (!(result.GetValueOrDefault<double>() is >= 0 and <= 86400)) result.AddError($"{seconds.Name} must be between 0 and 86400 seconds.");
            });
        }
    }

    public MigOptions Options(ParseResult parse) => new(TimeSpan.FromSeconds(parse.GetValue(wait)), parse.GetValue(mode), Say: sentence => Console.Error.WriteLine($"gpulab: {sentence}"));

    /// <summary>Runs the first hook; disposing the result runs the last.</summary>
    public async Task<IAsyncDisposable> Before(ParseResult parse, CancellationToken cancel)
    {
        var limit = TimeSpan.FromSeconds(parse.GetValue(timeout));
        var end = new End(parse.GetValue(after), limit);
        if (parse.GetValue(before) is { } command)
        {
            try
            {
                await Run("--before", command, limit, cancel);
            }
            catch
            {
                await end.DisposeAsync();
                throw;
            }
        }
        return end;
    }

    static async Task Run(string name, string command, TimeSpan limit, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        using var process = Process.Start(start) ?? throw new PartitionException($"{name} '{command}' did not start.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            throw new PartitionException(string.Create(CultureInfo.InvariantCulture, $"{name} '{command}' did not end within {limit.TotalSeconds} s and was stopped."));
        }
        if (process.ExitCode != 0) throw new PartitionException(string.Create(CultureInfo.InvariantCulture, $"{name} '{command}' ended with {process.ExitCode}."));
    }

    sealed class End(string? command, TimeSpan limit) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (command is not null) await Run("--after", command, limit, CancellationToken.None);
        }
    }
}
