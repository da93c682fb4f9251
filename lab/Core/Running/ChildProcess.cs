using System.Diagnostics;
using System.Globalization;

namespace GpuLab.Running;

/// <summary>A worker in a process of its own.</summary>
/// <param name="mark">Inherited by all it starts.</param>
sealed class ChildProcess(Process process, string mark) : IWorkerEnd
{
    public static ChildProcess Start(ProcessStartInfo start, string mark)
    {
        start.Environment[WorkerReaper.Mark] = mark;
        return new(Process.Start(start) ?? throw new WorkerException("the worker process did not start"), mark);
    }

    public int Pid => process.Id;

    public TextWriter Input => process.StandardInput;

    public TextReader Output => process.StandardOutput;

    public TextReader Errors => process.StandardError;

    public bool HasExited => process.HasExited;

    public string Ending => process.ExitCode > 128
        ? string.Create(CultureInfo.InvariantCulture, $"was killed by signal {process.ExitCode - 128}")
        : string.Create(CultureInfo.InvariantCulture, $"ended with exit code {process.ExitCode}");

    public Task WaitForExit(CancellationToken cancel) => process.WaitForExitAsync(cancel);

    public void Kill() => WorkerReaper.End(process.Id, mark);

    public void Dispose() => process.Dispose();
}
