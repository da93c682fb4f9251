using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>What a worker on a GPU says it is on, as CUDA sees it; the coordinator compares it with the slice that it should be on.</summary>
public static class CudaIdentity
{
    /// <summary>Names and values for <see cref="Hello"/>; where CUDA does not answer, every one of them says why.</summary>
    public static IReadOnlyDictionary<string, string> Of(WorkerOptions options)
    {
        if (options.Device.Kind != DeviceKind.Gpu) return new Dictionary<string, string>();
        try
        {
            // One slice to a process: a second device would be one that nobody asked for.
            var count = CudaDevice.Count;
            return count == 1 ? Of(CudaDevice.At(0)) : Unknown($"this process sees {count} devices where it should see one");
        }
        catch (Exception wrong) when (wrong is CudaException or ProbeSkippedException or EntryPointNotFoundException)
        {
            return Unknown(wrong.Message);
        }
    }

    static Dictionary<string, string> Of(CudaDevice device) => new()
    {
        [SliceIdentity.Uuid] = device.Uuid.ToString(),
        [SliceIdentity.Sms] = device.Sms.ToString(CultureInfo.InvariantCulture),
        [SliceIdentity.Memory] = device.Memory.ToString(CultureInfo.InvariantCulture),
        [SliceIdentity.Pci] = device.PciBusId,
        ["name"] = device.Name,
    };

    static Dictionary<string, string> Unknown(string why) => new() { [SliceIdentity.Uuid] = $"unknown ({why})" };
}
