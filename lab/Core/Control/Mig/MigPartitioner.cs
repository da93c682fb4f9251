using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Control.Mig;

/// <summary>
/// Cuts a GPU with MIG: feasibility from the driver's own places before anything is touched, the least change, explicit places,
/// everything read back, and what was found restored. <c>whole</c> is the GPU with MIG mode off.
/// </summary>
/// <param name="key">How the GPU is called in messages, such as <c>gpu:0</c>.</param>
/// <param name="journal">Told before each change.</param>
/// <param name="pause">Waits between attempts to destroy; null waits in real time.</param>
public sealed class MigPartitioner(IMigControl control, string key, IMigJournal journal, Func<TimeSpan, CancellationToken, Task>? pause = null) : IPartitioner, IGeometrySource
{
    readonly Lazy<GpuModel> geometry = new(() => MigGeometry.Read(control, key));
    LayoutFitter? fitter;

    public string Name => "mig";

    public (int Count, string Name) Units => (Geometry.MemoryUnits ?? 1, "memory units");

    /// <summary>From the driver's own answers.</summary>
    /// <exception cref="NvmlException">It did not answer.</exception>
    public GpuModel Geometry => geometry.Value;

    LayoutFitter Fitter => fitter ??= new(Geometry);

    public Placement Place(Layout layout)
    {
        if (Obstacle(layout) is { } obstacle) return Placement.Refused($"{layout} cannot be had on {key}: {obstacle}.");
        var fit = Fitter.Fit(layout);
        return fit.Refusal is { } refusal ? Placement.Refused(refusal.ToString())
            : layout.IsWhole ? new([MigSlices.Whole(control.Gpu, Units.Count)])
            : new(MigSlices.Of(fit.Placed!));
    }

    /// <summary>The steps that <see cref="Apply"/> would take now, without taking them.</summary>
    /// <exception cref="PartitionException">The layout cannot be had.</exception>
    public IReadOnlyList<MigStep> Plan(Layout layout) => Plan(layout, MigSnapshot.Read(control)).Steps;

    public async ValueTask<Partition> Apply(Layout layout, CancellationToken cancel)
    {
        try
        {
            var found = MigSnapshot.Read(control);
            var (placed, steps) = Plan(layout, found);
            var transaction = new MigTransaction(control, Geometry, journal, pause ?? Task.Delay);
            if (steps.Count > 0) await transaction.Change(found, steps, cancel);
            return await Described(layout, placed, found, steps.Count > 0 ? transaction : null);
        }
        catch (NvmlException e)
        {
            throw new PartitionException($"{key} could not be cut: {e.Message}", e);
        }
    }

    (PlacedLayout Placed, IReadOnlyList<MigStep> Steps) Plan(Layout layout, MigSnapshot found)
    {
        if (Obstacle(layout) is { } obstacle) throw new PartitionException($"{layout} cannot be had on {key}: {obstacle}.");
        var fit = Fitter.Fit(layout);
        if (fit.Placed is not { } placed) throw new PartitionException(fit.Refusal!.ToString());
        return (placed, MigSteps.Between(found, !layout.IsWhole, [.. placed.Instances.Select(Wanted)]));
    }

    static MigWanted Wanted(PlacedInstance instance)
    {
        var parts = MigSlices.Parts(instance);
        var starts = ComputePlaces.Of(instance.Profile.ComputeSlices, parts);
        return new(instance.Profile.Id!.Value, new(instance.Start, instance.Size), [.. parts.Select((p, i) => new MigWanted.Compute(p, starts[i]))]);
    }

    /// <summary>What stands in the way before any place is looked for, or null.</summary>
    string? Obstacle(Layout layout)
    {
        var mode = control.GetMode();
        if (control.Gpu.VgpuGuest) return layout.IsWhole ? null : "this is a vGPU guest, whose geometry is fixed by its host";
        if (mode.WaitsForReset) return $"MIG mode is to be switched {(mode.Pending ? "on" : "off")} at the next reset of the GPU; reset it first, or take the change back";
        if (mode.Current == !layout.IsWhole || control.Gpu.ModeNeedsReset != true) return null;
        return $"MIG mode is {(mode.Current ? "on" : "off")} and changes only with a reset of the GPU; switch it by 'nvidia-smi -mig {(mode.Current ? 0 : 1)}' and 'nvidia-smi --gpu-reset' with nothing else using it";
    }

    /// <summary>The slices with their UUIDs; what cannot be described is taken back.</summary>
    async ValueTask<Partition> Described(Layout layout, PlacedLayout placed, MigSnapshot found, MigTransaction? changed)
    {
        try
        {
            return new MigPartition(layout, layout.IsWhole ? [MigSlices.Whole(control.Gpu, Units.Count)] : Slices(placed), found, changed);
        }
        catch (Exception e) when (e is NvmlException or PartitionException && changed is not null)
        {
            await changed.Restore(found);
            throw new PartitionException($"{key} is as it was found: {e.Message}", e);
        }
    }

    List<Slice> Slices(PlacedLayout placed)
    {
        var slices = MigSlices.Of(placed);
        var addressed = new List<Slice>(slices.Count);
        var live = control.GetGpuInstances();
        foreach (var instance in placed.Instances)
        {
            var at = live.FirstOrDefault(g => g.Place == new MigPlace(instance.Start, instance.Size)) ?? throw new PartitionException($"GPU instance {instance.Item} is not there after it was created");
            var computes = control.GetComputeInstances(at.Id).OrderByDescending(c => c.Place.Size).ThenBy(c => c.Place.Start).ToArray();
            var parts = MigSlices.Parts(instance);
            if (!computes.Select(c => c.Place.Size).SequenceEqual(parts)) throw new PartitionException($"GPU instance {instance.Item} has {computes.Length} compute instances after it was cut, not those asked for");
            foreach (var compute in computes)
                addressed.Add(MigSlices.Addressed(slices[addressed.Count], control.GetUuid(at.Id, compute.Id), compute.Place.Size == instance.Profile.ComputeSlices ? instance.Profile.Sms : null));
        }
        return addressed;
    }
}

/// <summary>A GPU while it is cut; disposing it brings back what was found.</summary>
/// <param name="transaction">Null where nothing had to be changed, so nothing has to be restored.</param>
sealed class MigPartition(Layout layout, IReadOnlyList<Slice> slices, MigSnapshot found, MigTransaction? transaction) : Partition(layout, slices)
{
    public override ValueTask DisposeAsync() => transaction?.Restore(found) ?? default;
}
