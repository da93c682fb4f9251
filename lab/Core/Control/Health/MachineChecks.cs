using GpuLab.Statistics;

namespace GpuLab.Control.Health;

/// <summary>What is wrong with the machine round the GPUs.</summary>
public static class MachineChecks
{
    /// <param name="gpus">How many GPUs the driver sees.</param>
    public static IEnumerable<Finding> Of(MachineHealth machine, int gpus) => [.. Driver(machine, gpus), .. Permissions(machine), .. Processors(machine), .. Surroundings(machine)];

    static IEnumerable<Finding> Driver(MachineHealth machine, int gpus)
    {
        var missing = machine.Libraries.Where(l => l.Value is not null).ToList();
        foreach (var (library, obstacle) in missing)
            yield return new(machine.KernelModule is null ? Severity.Note : Severity.Suspect, "driver", library, $"It cannot be used: {obstacle}.",
                machine.Container is null ? "Install the NVIDIA driver to measure on a GPU; the host can be measured without." : "Start the container with the GPU (--gpus all, NVIDIA_DRIVER_CAPABILITIES=compute,utility).");
        if (machine is { KernelModule: { } module, Driver: { } driver } && module != driver)
            yield return new(Severity.Suspect, "driver-mismatch", "driver", $"The kernel module is {module}, the libraries are {driver}.", "Reload the module or restart the machine after an update of the driver.");
        if (missing.Count == 0 && gpus == 0)
            yield return new(Severity.Note, "no-gpu", "driver", "The driver is there and sees no GPU.", machine.Container is null ? "Look at lspci, and at dmesg for Xid and NVRM lines." : "Start the container with the GPU (--gpus all).");
    }

    static IEnumerable<Finding> Permissions(MachineHealth machine)
    {
        foreach (var (path, _) in machine.DeviceFiles.Where(f => !f.Usable))
            yield return new(Severity.Suspect, "permission", path, "This user may not open it.", "Join the group that owns it, or run as root.");
        if (machine.KernelModule is not null && machine.DeviceFiles.All(f => !f.Path.EndsWith("nvidia-uvm", StringComparison.Ordinal)))
            yield return new(Severity.Suspect, "nvidia-uvm", "/dev/nvidia-uvm", "It is not there: CUDA cannot start.", "Load the module: modprobe nvidia-uvm, or nvidia-modprobe -u.");
    }

    static IEnumerable<Finding> Processors(MachineHealth machine)
    {
        var slow = machine.Governors.Where(g => g != "performance").ToList();
        if (slow.Count > 0)
            yield return new(Severity.Suspect, "governor", "host", $"The processors' frequency governor is {string.Join(", ", slow)}: launches and copies start slower than they could.", "Set it to performance: cpupower frequency-set -g performance.");
        if (machine.Processors.Count == 1)
            yield return new(Severity.Note, "one-processor", "host", "One processor may be used: workers of several slices take turns on it.", "Allow one for each slice and one more.");
    }

    static IEnumerable<Finding> Surroundings(MachineHealth machine)
    {
        if (machine.Container is { } container) yield return new(Severity.Note, "container", "host", $"This runs in a container ({container}): processes of others on the GPU cannot be seen by name, and MIG needs capabilities from outside.", "Measure outside it where names matter.");
        if (machine.Hypervisor is { } hypervisor) yield return new(Severity.Note, "virtual-machine", "host", $"This is a virtual machine: {hypervisor}.", "Neighbours may take processor time; look at steal time in the runs' telemetry.");
    }
}
