using GpuLab.Model;

namespace GpuLab.Control;

/// <summary>Turns layouts into slices and back: one of the three seams to hardware.</summary>
public interface IPartitioner
{
    /// <summary>As in a sweep: <c>none mig green mps timeslice cores</c>.</summary>
    string Name { get; }

    /// <summary>Units a layout strip is drawn over, and what one unit is: (8, "memory units"), (2, "cores").</summary>
    (int Count, string Name) Units { get; }

    /// <summary>Finds places for a layout without touching anything.</summary>
    Placement Place(Layout layout);

    /// <summary>Cuts the device. The found state is restored when the partition is disposed, and kept on disk before the first change.</summary>
    /// <exception cref="PartitionException">The device could not be cut; it is as it was found.</exception>
    ValueTask<Partition> Apply(Layout layout, CancellationToken cancel);

    /// <summary>Begins a series of layouts. Where cutting costs something, only what differs is changed from one to the next.</summary>
    /// <exception cref="PartitionException">Somebody else has the device.</exception>
    ValueTask<PartitionSeries> Begin(CancellationToken cancel) => new(new OneByOne(this));
}

/// <summary>The slices a layout would become, or the reason why it cannot exist on this device.</summary>
/// <param name="Refusal">One sentence for the user, naming the smallest conflict and the nearest possible layouts; null where it fits.</param>
public sealed record Placement(IReadOnlyList<Slice> Slices, string? Refusal = null)
{
    public static Placement Refused(string reason) => new([], reason);
}

/// <summary>A cut device for as long as it is cut.</summary>
public abstract class Partition(Layout layout, IReadOnlyList<Slice> slices) : IAsyncDisposable
{
    public Layout Layout { get; } = layout;

    public IReadOnlyList<Slice> Slices { get; } = slices;

    /// <summary>What it took to get there, in order; empty where nothing had to change.</summary>
    public IReadOnlyList<CutStep> Steps { get; init; } = [];

    /// <summary>Restores what was found. Called once.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A cut that needs no undoing: the slices are only a way of addressing what is there.</summary>
public sealed class AddressedPartition(Layout layout, IReadOnlyList<Slice> slices) : Partition(layout, slices)
{
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A device that could not be cut as asked; the message is for the user.</summary>
public sealed class PartitionException(string message, Exception? inner = null) : Exception(message, inner);
