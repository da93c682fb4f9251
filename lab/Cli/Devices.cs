using GpuLab.Control;
using GpuLab.Control.Host;
using GpuLab.Control.Mig;
using GpuLab.Control.Simulated;
using GpuLab.Model;

namespace GpuLab.Cli;

/// <summary>Opens devices by id. The only place that knows all kinds.</summary>
static class Devices
{
    /// <exception cref="UsageException">There is no such device; the message says which there are.</exception>
    public static IDevice Open(DeviceId id) => Open(id, null);

    /// <param name="change">How a real GPU may be cut; null for any way.</param>
    /// <exception cref="UsageException">There is no such device; the message says which there are.</exception>
    public static IDevice Open(DeviceId id, MigOptions? change) => id.Kind switch
    {
        DeviceKind.Host => HostDevice.Open(),
        DeviceKind.Simulated => SimulatedDevice.Open(id.ToString()),
        DeviceKind.Auto => Gpus.All.Select(gpu => (IDevice)Gpus.Open(gpu, change)).FirstOrDefault() ?? HostDevice.Open(),
        _ => OpenGpu(id, change),
    };

    /// <summary>Devices of this machine, for <c>gpulab devices</c>.</summary>
    public static IEnumerable<IDevice> Here() => [.. Gpus.All.Select(gpu => Gpus.Open(gpu)), HostDevice.Open()];

    static Control.Gpu.GpuDevice OpenGpu(DeviceId id, MigOptions? change)
    {
        try
        {
            return Gpus.Open(id, change);
        }
        catch (PartitionException none)
        {
            throw new UsageException($"{id}: {none.Message} '--on host' measures this machine, '--on sim:KEY' a known GPU without hardware.");
        }
    }
}
