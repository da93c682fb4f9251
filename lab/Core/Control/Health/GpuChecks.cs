using System.Globalization;
using GpuLab.Control.Host;
using GpuLab.Statistics;

namespace GpuLab.Control.Health;

/// <summary>What is wrong with a GPU or with how it is attached: state in, findings out, each with what to do.</summary>
public static class GpuChecks
{
    static readonly Func<GpuHealth, GpuPlace, MachineHealth, IEnumerable<Finding>>[] all = [Link, Clocks, Power, Memory, Modes, Mig, Others, Near];

    const ClockReason Thermal = ClockReason.SwThermal | ClockReason.HwThermal, Broken = ClockReason.HwSlowdown | ClockReason.PowerBrake;

    /// <summary>Degrees at which most data-centre parts begin to lower clocks.</summary>
    const uint Hot = 85;

    public static IEnumerable<Finding> Of(GpuHealth gpu, GpuPlace place, MachineHealth machine) => all.SelectMany(check => check(gpu, place, machine));

    static IEnumerable<Finding> Link(GpuHealth gpu, GpuPlace place, MachineHealth machine)
    {
        if (gpu.LinkWidth is { } width && width.Now < width.Most)
            yield return new(Severity.Suspect, "link-width", gpu.Name, I($"The link has {width.Now} of {width.Most} lanes."), "Look at slot, riser and BIOS bifurcation: copies between host and GPU reach that share of their rate.");
        if (gpu.LinkGeneration is { } generation && generation.Now < generation.Most)
            yield return new(Severity.Note, "link-generation", gpu.Name, I($"The link is at generation {generation.Now} of {generation.Most}."), "Links slow down when idle; look again while copying (the runs' telemetry has it). If it stays, look at slot and BIOS.");
        if (gpu.LinkReplays is > 100)
            yield return new(Severity.Suspect, "link-replays", gpu.Name, I($"{gpu.LinkReplays} packets were sent again over the link since the driver was loaded."), "Reseat the card or its riser; lower the link's generation in the BIOS if it goes on.");
    }

    static IEnumerable<Finding> Clocks(GpuHealth gpu, GpuPlace place, MachineHealth machine)
    {
        if (gpu.ClockReasons is { } reasons)
        {
            if ((reasons & Broken) != 0) yield return new(Severity.Suspect, "slowdown", gpu.Name, $"Hardware lowers the clocks ({reasons & Broken}).", "Look at power supply, cables and cooling.");
            if ((reasons & Thermal) != 0) yield return new(Severity.Suspect, "thermal", gpu.Name, I($"Heat lowers the clocks{(gpu.Temperature is { } t ? I($" (now {t} °C)") : "")}."), "Let it cool down, and look at airflow and fans.");
            if ((reasons & ClockReason.ApplicationClocks) != 0) yield return new(Severity.Note, "application-clocks", gpu.Name, "Clocks are held at a setting of somebody's.", "Fine for repeatable figures; 'nvidia-smi -rac' and 'nvidia-smi -rgc' take the setting back.");
        }
        if (gpu.MemoryClock is { } memory && memory.Now < memory.Most && gpu.ClockReasons is { } now && (now & ClockReason.Idle) == 0)
            yield return new(Severity.Suspect, "memory-clock", gpu.Name, I($"The memory runs at {memory.Now} of {memory.Most} MHz."), "Take memory clock settings back ('nvidia-smi -rmc').");
        if (gpu.Temperature is >= Hot and var hot && gpu.ClockReasons is not { } known)
            yield return new(Severity.Suspect, "hot", gpu.Name, I($"It is {hot} °C hot."), "Let it cool down, and look at airflow and fans.");
    }

    static IEnumerable<Finding> Power(GpuHealth gpu, GpuPlace place, MachineHealth machine)
    {
        if (gpu.PowerLimit is { } power && power.Now < 0.99 * power.Usual)
            yield return new(Severity.Suspect, "power-limit", gpu.Name, I($"Power is limited to {power.Now:0} W; the product's own limit is {power.Usual:0} W."), I($"Set 'nvidia-smi -pl {power.Usual:0}' or name the limit beside every figure of compute."));
    }

    static IEnumerable<Finding> Memory(GpuHealth gpu, GpuPlace place, MachineHealth machine)
    {
        if (gpu.EccUncorrected is > 0)
            yield return new(Severity.Invalid, "ecc-uncorrected", gpu.Name, I($"{gpu.EccUncorrected} uncorrectable memory errors since the driver was loaded."), "Do not measure on it: reset the GPU, and have it replaced if they come again.");
        if (gpu.Remapping is { Failed: true })
            yield return new(Severity.Invalid, "remap-failed", gpu.Name, "A broken row of the memory could not be replaced.", "Have the GPU replaced.");
        else if (gpu.Remapping is { Pending: true })
            yield return new(Severity.Invalid, "remap-pending", gpu.Name, "Broken rows of the memory wait to be replaced.", "Reset the GPU before measuring.");
        if (gpu.EccCorrected is > 0)
            yield return new(Severity.Note, "ecc-corrected", gpu.Name, I($"{gpu.EccCorrected} memory errors were corrected since the driver was loaded."), "Harmless by themselves; watch whether they grow during runs.");
        if (gpu.Ecc is { Current: false })
            yield return new(Severity.Note, "ecc-off", gpu.Name, "ECC is off: on some products that frees memory and bandwidth that others do not have.", "Name it beside every figure, or switch it on ('nvidia-smi -e 1', with a reset).");
        if (gpu.Ecc is { } ecc && ecc.Current != ecc.Pending)
            yield return new(Severity.Note, "ecc-pending", gpu.Name, $"ECC changes to {(ecc.Pending ? "on" : "off")} at the next reset.", "Reset the GPU, or take the change back.");
    }

    static IEnumerable<Finding> Modes(GpuHealth gpu, GpuPlace place, MachineHealth machine)
    {
        if (gpu.ComputeMode == ComputeMode.Prohibited)
            yield return new(Severity.Invalid, "compute-mode", gpu.Name, "No process may compute on it (compute mode PROHIBITED).", "Set 'nvidia-smi -c 0'.");
        else if (gpu.ComputeMode is ComputeMode.ExclusiveProcess or ComputeMode.ExclusiveThread)
            yield return new(Severity.Note, "compute-mode", gpu.Name, $"One process at a time may compute on it ({gpu.ComputeMode}).", "Time slicing needs 'nvidia-smi -c 0'.");
        if (gpu.Persistent == false)
            yield return new(Severity.Note, "persistence", gpu.Name, "Persistence is off: without a client the driver is unloaded, so starts take seconds and settings are lost.", "Run nvidia-persistenced, or set 'nvidia-smi -pm 1'.");
    }

    static IEnumerable<Finding> Mig(GpuHealth gpu, GpuPlace place, MachineHealth machine)
    {
        if (gpu.VgpuGuest) yield return new(Severity.Note, "vgpu", gpu.Name, "This is a vGPU guest: its geometry is fixed by its host.", "Cut it on the host.");
        else if (!gpu.HasMig) yield return new(Severity.Note, "no-mig", gpu.Name, "This GPU has no MIG.", "Use partitioner none, or one of those that share a whole GPU.");
        else if (gpu.Mig.WaitsForReset) yield return new(Severity.Suspect, "mig-pending", gpu.Name, $"MIG mode changes to {(gpu.Mig.Pending ? "on" : "off")} at the next reset.", "Reset the GPU ('nvidia-smi --gpu-reset' with nothing else using it), or take the change back.");
        else if (gpu.Mig.Current && gpu.Instances > 0) yield return new(Severity.Note, "mig-cut", gpu.Name, I($"MIG is on with {gpu.Instances} GPU instances."), "Runs bring this layout back when they end; nobody measures the whole GPU meanwhile.");
        if (gpu.HasMig && !machine.Root) yield return new(Severity.Note, "no-root", gpu.Name, "Cutting it with MIG takes root or the capability mig/config.", "Run as root, or let somebody who may cut it beforehand and use partitioner none.");
    }

    static IEnumerable<Finding> Others(GpuHealth gpu, GpuPlace place, MachineHealth machine)
    {
        if (gpu.Holders.Count > 0)
            yield return new(Severity.Suspect, "processes", gpu.Name, $"In use by {string.Join(", ", gpu.Holders.Select(h => h.Describe()).Distinct())}.", "Stop them: they take bandwidth, power and clocks, and MIG cannot be changed under them.");
    }

    static IEnumerable<Finding> Near(GpuHealth gpu, GpuPlace place, MachineHealth machine)
    {
        if (place.Cpus.Count > 0 && machine.Processors.Count > 0 && !machine.Processors.Intersect(place.Cpus).Any())
            yield return new(Severity.Suspect, "numa", gpu.Name, I($"It is attached to node {place.Node}, and none of the processors that may be used is near it ({CpuList.Format(place.Cpus)})."), "Let this process use those processors: copies and launches from elsewhere are slower.");
        if (place.Iommu == "DMA")
            yield return new(Severity.Note, "iommu", gpu.Name, "The IOMMU translates its transfers strictly: every copy of pageable memory pays for mapping and unmapping.", "Boot with iommu=pt where that is allowed.");
    }

    static string I(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
