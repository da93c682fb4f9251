using GpuLab.Control.Mig;
using GpuLab.Model;

namespace GpuLab.Control.Gpu;

/// <summary>The GPU as it is, in whatever MIG mode it is.</summary>
sealed class UncutGpu(DeviceId id, MigGpu gpu) : IPartitioner
{
    public string Name => "none";

    public (int Count, string Name) Units => (1, "GPU");

    public Placement Place(Layout layout) => layout.IsWhole
        ? new([MigSlices.Whole(gpu, 1)])
        : Placement.Refused($"{layout} needs a partitioner: 'none' leaves {id} whole.");

    public ValueTask<Partition> Apply(Layout layout, CancellationToken cancel) => Place(layout) is { Refusal: { } refusal }
        ? throw new PartitionException(refusal)
        : ValueTask.FromResult<Partition>(new AddressedPartition(layout, Place(layout).Slices));
}
