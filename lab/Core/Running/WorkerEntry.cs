using System.Globalization;
using System.Text;
using GpuLab.Model;
using Microsoft.Win32.SafeHandles;

namespace GpuLab.Running;

/// <summary>The hidden verb <c>worker</c>: what a worker process does before and after it hosts probes.</summary>
public static class WorkerEntry
{
    /// <summary>Environment variable with the path of the file of planted effects.</summary>
    internal const string PlantVariable = "GPULAB_PLANT";

    /// <param name="args">As <see cref="WorkerProcess.Start"/> writes them, without the verb.</param>
    /// <param name="probes">Carries out a probe on a device.</param>
    /// <param name="pin">Binds the calling thread to one processor.</param>
    /// <param name="identify">What a worker is on, beside its processors; null where there is nothing to say.</param>
    /// <returns>Exit code.</returns>
    public static int Run(IReadOnlyList<string> args, Func<DeviceKind, string, IProbe?> probes, Action<int> pin, Func<WorkerOptions, IReadOnlyDictionary<string, string>>? identify = null)
    {
        // Own session, so that the coordinator can end everything this worker starts.
        _ = Posix.setsid();
        _ = Posix.prctl(Posix.PR_SET_TIMERSLACK, 1, 0, 0, 0);
        if (args is not [var arena, var slots, var slot, var slice, var device, var cpus])
        {
            Console.Error.WriteLine("gpulab: 'worker' is started by 'run', not by hand.");
            return 2;
        }
        // Messages go to a copy of descriptor 1; whatever a library prints there lands in the log instead.
        // That copy is not for what this worker starts: it would keep the pipe open after the worker's end.
        var messages = Posix.fcntl(1, Posix.F_DUPFD_CLOEXEC, 3);
        _ = Posix.dup2(2, 1);
        using var to = new StreamWriter(new FileStream(new SafeFileHandle(messages, ownsHandle: true), FileAccess.Write, 0), new UTF8Encoding(false));
        using var from = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        var options = new WorkerOptions(arena, Number(slots), Number(slot), slice, DeviceId.Parse(device, null), [.. cpus.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)])
        {
            Environment = Inherited(), Plant = Environment.GetEnvironmentVariable(PlantVariable) ?? "",
        };
        var identity = new Dictionary<string, string>(identify?.Invoke(options) ?? new Dictionary<string, string>()) { ["cpus"] = cpus };
        using var host = new WorkerHost(options, id => probes(options.Device.Kind, id), identity) { OnProbeThread = () => Pin(options.Cpus, pin) };
        if (host.Run(from, to)) return 0;
        // The coordinator is gone: nothing this worker started may outlive it, in whatever session it is.
        if (Environment.GetEnvironmentVariable(WorkerReaper.Mark) is { Length: > 0 } mark) WorkerReaper.EndMarked(Environment.ProcessId, WorkerReaper.Mark, mark);
        _ = Posix.kill(0, Posix.SIGKILL);
        return 1;
    }

    /// <summary>What says which part of a GPU this process sees.</summary>
    static Dictionary<string, string> Inherited() =>
        Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is { } visible ? new() { ["CUDA_VISIBLE_DEVICES"] = visible } : [];

    static void Pin(IReadOnlyList<int> cpus, Action<int> pin)
    {
        if (cpus.Count > 0) pin(cpus[0]);
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
