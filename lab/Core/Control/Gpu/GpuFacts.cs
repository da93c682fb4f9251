using System.Globalization;
using GpuLab.Control.Nvml;
using GpuLab.Model;
using static GpuLab.Control.Nvml.Nvml;

namespace GpuLab.Control.Gpu;

/// <summary>What the driver says about a GPU, for results' provenance. What it does not answer is left out.</summary>
static unsafe class GpuFacts
{
    public static DeviceFacts Read(NvmlMigControl control)
    {
        var device = control.Device;
        var details = new Dictionary<string, string> { ["uuid"] = control.Gpu.Uuid };
        Add(details, "driver", NvmlDriver.Version);
        Add(details, "NVML", NvmlDriver.LibraryVersion);
        Add(details, "VBIOS", NvmlCall.Text((buffer, length) => nvmlDeviceGetVbiosVersion(device, buffer, length)));
        Add(details, "compute capability", Capability(device));
        Add(details, "PCI", control.Gpu.Pci);
        var mode = control.GetMode();
        details["MIG"] = control.Gpu.VgpuGuest ? "vGPU guest: geometry fixed by its host"
            : control.GetProfiles().Count == 0 ? "none"
            : $"mode {(mode.Current ? "on" : "off")}{(mode.WaitsForReset ? $", {(mode.Pending ? "on" : "off")} after a reset" : "")}{(control.Gpu.ModeNeedsReset == true ? "; changes only with a reset" : "")}";
        return new(DeviceKind.Gpu, control.Gpu.Name, control.Gpu.Memory ?? 0, details);
    }

    static void Add(Dictionary<string, string> details, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) details[name] = value;
    }

    static string? Capability(NvmlDevice device)
    {
        int major, minor;
        return Has(nameof(nvmlDeviceGetCudaComputeCapability)) && NvmlCall.Answers(nvmlDeviceGetCudaComputeCapability(device, &major, &minor))
            ? string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}") : null;
    }
}
