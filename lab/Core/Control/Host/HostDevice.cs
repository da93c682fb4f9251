using GpuLab.Model;

namespace GpuLab.Control.Host;

/// <summary>The machine this program runs on, cut into core sets. Everything measured on it is real.</summary>
public sealed class HostDevice : IDevice
{
    HostDevice(HostTree tree, HostTopology topology)
    {
        Topology = topology;
        Facts = HostFacts.Read(tree, topology);
        Partitioners = [new CoresPartitioner(topology)];
        Telemetry = new HostTelemetry(tree, topology);
    }

    public DeviceId Id => DeviceId.Host;

    public DeviceFacts Facts { get; }

    public HostTopology Topology { get; }

    public IReadOnlyList<IPartitioner> Partitioners { get; }

    public ITelemetry Telemetry { get; }

    /// <summary>Reads the machine as it is now.</summary>
    /// <param name="root">Where <c>sys</c> and <c>proc</c> lie.</param>
    /// <param name="affinity">Processors this process may use; by default those of the calling thread.</param>
    public static HostDevice Open(string root = "/", Func<IReadOnlyList<int>>? affinity = null)
    {
        var tree = new HostTree(root);
        return new(tree, HostTopology.Read(tree, (affinity ?? Affinity.Current)()));
    }
}
