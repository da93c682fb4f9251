using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Control.Simulated;

/// <summary>The simulated GPU uncut, as if MIG mode had never been on.</summary>
sealed class WholePartitioner(DeviceId device, GpuSpec? spec) : IPartitioner
{
    public string Name => "none";

    public (int Count, string Name) Units => (1, "GPU");

    public Placement Place(Layout layout) => layout.IsWhole
        ? new([new(0, "whole", "whole", 0, 1, [], new Dictionary<string, string>()) { Identity = Identity() }])
        : Placement.Refused($"{layout} needs a partitioner: 'none' leaves {device} whole.");

    public ValueTask<Partition> Apply(Layout layout, CancellationToken cancel)
    {
        var placement = Place(layout);
        return placement.Refusal is { } refusal ? throw new PartitionException(refusal) : ValueTask.FromResult<Partition>(new AddressedPartition(layout, placement.Slices));
    }

    Dictionary<string, string> Identity() => spec?["sms"] is { } sms ? new() { ["sms"] = sms.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) } : [];
}
