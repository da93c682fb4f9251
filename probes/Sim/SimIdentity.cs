using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Sim;

/// <summary>What a simulated worker sees of its GPU, to be compared with the slice it should be on.</summary>
public static class SimIdentity
{
    /// <returns>Empty for devices that are not simulated.</returns>
    public static IReadOnlyDictionary<string, string> Of(WorkerOptions options)
    {
        var identity = new Dictionary<string, string>();
        if (options.Device.Kind != DeviceKind.Simulated) return identity;
        if (options.Environment.TryGetValue("CUDA_VISIBLE_DEVICES", out var uuid)) identity[SliceIdentity.Uuid] = uuid;
        var slice = SimGpu.Of(options.Device.Name).Slice(options.Slice);
        if (slice.Sms is { } sms) identity[SliceIdentity.Sms] = sms.ToString("R", CultureInfo.InvariantCulture);
        if (slice.Memory is { } memory) identity[SliceIdentity.Memory] = memory.ToString("0", CultureInfo.InvariantCulture);
        return identity;
    }
}
