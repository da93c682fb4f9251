using System.Globalization;
using GpuLab.Control.Host;

namespace GpuLab.Control.Health;

/// <summary>The machine round the GPUs.</summary>
/// <param name="Governors">Of the processors that may be used.</param>
/// <param name="Libraries">What stands in the way of each of the driver's libraries, by name; null where it works.</param>
/// <param name="KernelModule">Version of the loaded kernel module; null where none is.</param>
/// <param name="Driver">Version that libnvidia-ml says; null without one.</param>
/// <param name="DeviceFiles">Those of the driver that exist, and whether this user may open them.</param>
/// <param name="Processors">Those that may be used.</param>
public sealed record MachineHealth(IReadOnlyList<string> Governors, string? Container, string? Hypervisor, IReadOnlyDictionary<string, string?> Libraries,
    string? KernelModule, string? Driver, IReadOnlyList<(string Path, bool Usable)> DeviceFiles, bool Root, IReadOnlyList<int> Processors)
{
    /// <param name="root">Where <c>sys</c>, <c>proc</c> and <c>dev</c> lie.</param>
    public static MachineHealth Read(string root, HostDevice host, IReadOnlyDictionary<string, string?> libraries, string? driver)
    {
        var tree = new HostTree(root);
        var cpus = host.Topology.Cores.SelectMany(c => c.Threads).ToList();
        var details = host.Facts.Details;
        return new(
            [.. cpus.Select(c => tree.Line(string.Create(CultureInfo.InvariantCulture, $"sys/devices/system/cpu/cpu{c}/cpufreq/scaling_governor"))).OfType<string>().Distinct()],
            details.GetValueOrDefault("container") is { } container && container != "none seen" ? container : null,
            details.GetValueOrDefault("virtual machine") is { } machine && machine != "no" ? machine : null,
            libraries, Module(tree), driver, Files(root), Environment.IsPrivilegedProcess, cpus);
    }

    /// <summary>The version in a line such as <c>NVRM version: NVIDIA UNIX x86_64 Kernel Module  595.45.04  …</c></summary>
    static string? Module(HostTree tree) => tree.Line("proc/driver/nvidia/version")?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .FirstOrDefault(w => w.Contains('.', StringComparison.Ordinal) && w.All(c => char.IsAsciiDigit(c) || c == '.'));

    static (string, bool)[] Files(string root)
    {
        var folder = Path.Combine(root, "dev");
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "nvidia*").Order(StringComparer.Ordinal).Select(p => (p, Usable(p)))] : [];
    }

    static bool Usable(string path)
    {
        try
        {
            using var opened = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            // A device file without its device is another matter: only permission is asked for.
            return true;
        }
    }
}
