using GpuLab.Model;

namespace GpuLab.Control.Mig;

/// <summary>
/// A GPU through several layouts under one lock and one transaction: from one to the next only what differs is changed, and what was found
/// before the first comes back at the end, after any failure, and when this process dies.
/// </summary>
/// <param name="held">What keeps others from changing the GPU.</param>
sealed class MigSeries(MigPartitioner mig, MigTransaction transaction, IDisposable held) : PartitionSeries
{
    /// <summary>What was there before the first change; null while nothing was changed.</summary>
    MigSnapshot? found;
    bool ended;

    public override async ValueTask<Partition> Next(Layout layout, bool anew, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        transaction.Timed.Clear();
        try
        {
            var plan = await mig.Free(layout, empty: false, anywhere: false, anew, Foreign, cancel);
            if (plan.Steps.Count > 0)
            {
                if (found is null) await transaction.Begin(plan.Found, plan.Steps, cancel);
                found ??= plan.Found;
                await transaction.Go(found, plan.Found, plan.Steps, cancel);
            }
            return new MigLayout(layout, mig.Addressed(layout, plan.Placed)) { Steps = [.. transaction.Timed] };
        }
        catch (NvmlException e)
        {
            throw new PartitionException($"{mig.Key} could not be cut into {layout}: {e.Message}", e);
        }
        catch (PartitionException) when (transaction.Settled)
        {
            // It has put everything back by itself, or said what is owed.
            ended = true;
            held.Dispose();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (ended) return;
        ended = true;
        try
        {
            if (found is not null) await transaction.Restore(found);
        }
        finally
        {
            held.Dispose();
        }
    }

    /// <summary>Instances that appeared since the first change and are not of this series.</summary>
    IReadOnlyList<MigSnapshot.Instance> Foreign(MigSnapshot present) => found is null ? [] : transaction.Foreign(present);

    /// <summary>One layout of the series: what it changed goes with the series.</summary>
    sealed class MigLayout(Layout layout, IReadOnlyList<Slice> slices) : Partition(layout, slices)
    {
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
