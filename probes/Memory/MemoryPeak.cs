using System.Globalization;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Memory;

/// <summary>The most that the memory of a device can move, from what the device says of itself: in a slice, the slice's part.</summary>
static class MemoryPeak
{
    /// <summary>Unknown where the device does not say its memory clock or the width of its bus.</summary>
    public static Ceiling Of(CudaDevice device)
    {
        var kilohertz = device.Attribute(CUdevice_attribute.MemoryClockRate);
        var bits = device.Attribute(CUdevice_attribute.GlobalMemoryBusWidth);
        // Two transfers a clock.
        return kilohertz > 0 && bits > 0
            ? new(kilohertz * 1e3 * 2 * bits / 8, string.Create(CultureInfo.InvariantCulture, $"read: memory clock {kilohertz / 1e3:0} MHz × 2 × {bits} bits, as the device says"))
            : Ceiling.Unknown("the device does not say its memory clock or the width of its bus");
    }
}
