using GpuLab.Model;

namespace GpuLab.Control;

/// <summary>A device through several layouts, one after the other; disposing it brings back what was found before the first.</summary>
public abstract class PartitionSeries : IAsyncDisposable
{
    /// <summary>Cuts the device into the next layout. Nobody may use the slices of the one before any more.</summary>
    /// <param name="anew">Whether slices that could stay are destroyed and made again.</param>
    /// <exception cref="PartitionException">The device could not be cut; it is as it was found.</exception>
    public abstract ValueTask<Partition> Next(Layout layout, bool anew, CancellationToken cancel);

    /// <summary>Restores what was found. Called once.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>One change that a cut took.</summary>
/// <param name="Probe"><c>control.create</c>, <c>control.destroy</c> or <c>control.mode</c>.</param>
/// <param name="Metric">Name of that probe's metric: <c>instance</c>, <c>compute</c>, <c>on</c>, <c>off</c>.</param>
/// <param name="Slice">What was changed, with its place: <c>3g.71gb@4</c>.</param>
/// <param name="Start">Nanoseconds: CLOCK_MONOTONIC, or virtual on simulated devices.</param>
public readonly record struct CutStep(string Probe, string Metric, string Slice, long Start, long End)
{
    public double Seconds => (End - Start) * 1e-9;
}

/// <summary>A device on which a cut costs nothing: each layout is put back before the next is taken.</summary>
sealed class OneByOne(IPartitioner partitioner) : PartitionSeries
{
    Partition? current;

    public override async ValueTask<Partition> Next(Layout layout, bool anew, CancellationToken cancel)
    {
        await DisposeAsync();
        return current = await partitioner.Apply(layout, cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        if (current is null) return;
        await current.DisposeAsync();
        current = null;
    }
}
