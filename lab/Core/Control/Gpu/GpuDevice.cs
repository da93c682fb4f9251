using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using GpuLab.Model;

namespace GpuLab.Control.Gpu;

/// <summary>A real GPU, as its driver describes it.</summary>
public sealed class GpuDevice : IDevice
{
    GpuDevice(DeviceId id, NvmlMigControl control, IMigJournal journal, MigOptions? options)
    {
        Id = id;
        Mig = new(control, id.ToString(), journal, options);
        var none = new UncutGpu(id, control.Gpu);
        Partitioners = Mig.Geometry.Profiles.Count > 0 ? [Mig, none] : [none];
        Facts = GpuFacts.Read(control);
        Telemetry = new GpuTelemetry(control);
    }

    public DeviceId Id { get; }

    public DeviceFacts Facts { get; }

    public IReadOnlyList<IPartitioner> Partitioners { get; }

    public ITelemetry Telemetry { get; }

    /// <summary>There also where the GPU has no MIG; then every layout but <c>whole</c> is refused.</summary>
    public MigPartitioner Mig { get; }

    /// <param name="id"><c>gpu:N</c> in the driver's numbering, or a UUID.</param>
    /// <exception cref="PartitionException">There is no driver, or no such GPU.</exception>
    /// <exception cref="NvmlException">The driver does not work.</exception>
    public static GpuDevice Open(DeviceId id, IMigJournal journal, MigOptions? options = null) => new(id, new(NvmlDriver.Find(id)), journal, options);
}
