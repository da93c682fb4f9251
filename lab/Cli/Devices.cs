using GpuLab.Control;
using GpuLab.Control.Host;
using GpuLab.Control.Simulated;
using GpuLab.Model;

namespace GpuLab.Cli;

/// <summary>Opens devices by id. The only place that knows all kinds.</summary>
static class Devices
{
    /// <exception cref="UsageException">There is no such device; the message says which there are.</exception>
    public static IDevice Open(DeviceId id) => id.Kind switch
    {
        DeviceKind.Host or DeviceKind.Auto => HostDevice.Open(),
        DeviceKind.Simulated => SimulatedDevice.Open(id.ToString()),
        _ => throw new UsageException($"{id}: this version does not reach GPUs yet. '--on host' measures this machine."),
    };

    /// <summary>Devices of this machine, for <c>gpulab devices</c>.</summary>
    public static IEnumerable<IDevice> Here() => [HostDevice.Open()];
}
