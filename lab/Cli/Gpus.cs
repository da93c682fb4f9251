using GpuLab.Control.Gpu;
using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Cli;

/// <summary>Opens real GPUs with a journal of their own and a guardian for the time they are changed.</summary>
static class Gpus
{
    public static GpuDevice Open(DeviceId id, MigOptions? options = null, string? state = null)
    {
        var folder = state is null ? StateFolder.Default : Path.GetFullPath(state);
        return GpuDevice.Open(id, Journal(folder), options ?? MigOptions.Default with { Say = Say });
    }

    /// <summary>The GPUs of this machine by the driver's numbers; none without a driver.</summary>
    public static IEnumerable<DeviceId> All => Enumerable.Range(0, NvmlDriver.Count).Select(i => new DeviceId(DeviceKind.Gpu, i.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>The body of the hidden verb <c>guardian</c>.</summary>
    public static async Task<int> Guard(string gpu, string folder, string locks) =>
        await MigGuardian.Run(gpu, folder, locks, (journal, options) => GpuDevice.Open(new(DeviceKind.Gpu, gpu), journal, options).Mig);

    static FileMigJournal Journal(string folder)
    {
        var journal = new FileMigJournal(folder, StateFolder.Locks, gpu => MigGuardian.Start(OwnCommand.Arguments, gpu, folder, StateFolder.Locks));
        // Said at every ordinary end, so that a guardian acts only where there was none.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => journal.Dispose();
        return journal;
    }

    static void Say(string sentence) => Console.Error.WriteLine($"gpulab: {sentence}");
}
