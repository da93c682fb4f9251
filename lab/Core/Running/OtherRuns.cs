using System.Globalization;
using System.Text;
using GpuLab.Model;

namespace GpuLab.Running;

/// <summary>
/// Runs of other coordinators on the same device: their workers carry it on their command line. Looked for between trials, so that the look disturbs nothing
/// that is timed, and not more often than twice a second.
/// </summary>
/// <param name="proc">Where the kernel tells of processes.</param>
sealed class OtherRuns(DeviceId device, string proc = "/proc")
{
    const long Patience = 500_000_000;

    readonly string wanted = device.ToString();
    long looked = long.MinValue / 2;
    IReadOnlyList<int> seen = [];

    /// <summary>Process ids of other coordinators whose workers are alive.</summary>
    public IReadOnlyList<int> Seen()
    {
        if (Monotonic.Now - looked < Patience) return seen;
        seen = [.. Directory.EnumerateDirectories(proc).Select(Owner).OfType<int>().Where(pid => pid != Environment.ProcessId).Distinct().Order()];
        looked = Monotonic.Now;
        return seen;
    }

    /// <summary>The coordinator of a worker on this device; null where the process is something else.</summary>
    int? Owner(string folder)
    {
        if (!char.IsAsciiDigit(Path.GetFileName(folder.AsSpan())[0])) return null;
        try
        {
            var words = Encoding.UTF8.GetString(File.ReadAllBytes($"{folder}/cmdline")).Split('\0');
            var verb = Array.IndexOf(words, "worker");
            // worker ARENA SLOTS SLOT SLICE DEVICE CPUS, as WorkerProcess writes it.
            if (verb < 0 || words.Length < verb + 6 || words[verb + 5] != wanted) return null;
            return words[verb + 1].Split('/') is ["", "proc", var pid, "fd", _] && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var owner) ? owner : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
