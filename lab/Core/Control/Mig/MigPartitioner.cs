using GpuLab.Geometry;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Control.Mig;

/// <summary>
/// Cuts a GPU with MIG: feasibility from the driver's own places before anything is touched, the least change, explicit places,
/// everything read back, and what was found restored. <c>whole</c> is the GPU with MIG mode off.
/// </summary>
/// <param name="key">How the GPU is called in messages, such as <c>gpu:0</c>.</param>
/// <param name="journal">Told before each change.</param>
public sealed class MigPartitioner(IMigControl control, string key, IMigJournal journal, MigOptions? options = null) : IPartitioner, ILayoutGenerator, ILayoutOrder, IGeometrySource
{
    static readonly TimeSpan holderPause = TimeSpan.FromMilliseconds(500);

    readonly MigOptions options = options ?? MigOptions.Default;
    readonly Lazy<GpuModel> geometry = new(() => MigGeometry.Read(control, key));
    LayoutFitter? fitter;

    public string Name => "mig";

    public (int Count, string Name) Units => (Geometry.MemoryUnits ?? 1, "memory units");

    public string Key => key;

    public IMigControl Control => control;

    public IMigJournal Journal => journal;

    /// <summary>From the driver's own answers.</summary>
    /// <exception cref="NvmlException">It did not answer.</exception>
    public GpuModel Geometry => geometry.Value;

    LayoutFitter Fitter => fitter ??= new(Geometry);

    /// <summary>The same GPU, changed in another way.</summary>
    public MigPartitioner With(MigOptions other) => new(control, key, journal, other);

    public Placement Place(Layout layout)
    {
        if (Obstacle(layout) is { } obstacle) return Placement.Refused($"{layout} cannot be had on {key}: {obstacle}.");
        if (!options.ChangeMode && control.GetMode().Current == layout.IsWhole) return Placement.Refused(NeedsMode(layout));
        var fit = Fitter.Fit(layout);
        return fit.Refusal is { } refusal ? Placement.Refused(refusal.ToString())
            : layout.IsWhole ? new([MigSlices.Whole(control.Gpu, Units.Count)])
            : new(MigSlices.Of(fit.Placed!));
    }

    public IEnumerable<Layout> Generate(string family)
    {
        if (Geometry.Profiles.Count == 0) return [];
        var space = new LayoutSpace(Geometry);
        return family switch
        {
            LayoutFamilies.Maximal => space.Multisets(new(Maximal: true)),
            LayoutFamilies.All => space.Multisets(new()),
            LayoutFamilies.Uniform => Geometry.Placeable.OrderBy(p => p.Name).Select(Uniform).OfType<Layout>(),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "not a family of layouts"),
        };
    }

    public IReadOnlyList<PlannedCut> Order(IReadOnlyList<Layout> layouts, ulong seed, bool anew, int? from = null) =>
        new MigOrder(Times.Of).Of(MigSnapshot.Read(control), [.. layouts.Select(l => new MigOrder.MigState(!l.IsWhole, [.. Fitter.Fit(l).Placed!.Instances.Select(Wanted)]))], seed, anew, from);

    /// <summary>What <see cref="Keep"/> would do now, without doing it. Items without a place go where they already are, as far as they can.</summary>
    /// <param name="empty">With <c>whole</c>: MIG mode on and no instances, instead of off.</param>
    /// <exception cref="PartitionException">The layout cannot be had.</exception>
    public MigPlan Plan(Layout layout, bool empty = false) => Plan(layout, empty, true, false, MigSnapshot.Read(control));

    /// <summary>How long steps take on this GPU, as far as it is known.</summary>
    public MigTimes Times => MigTimes.Of(journal.Story(control.Gpu.Uuid));

    public async ValueTask<PartitionSeries> Begin(CancellationToken cancel) => new MigSeries(this, Transaction(), await Enter(cancel));

    public async ValueTask<Partition> Apply(Layout layout, CancellationToken cancel)
    {
        var held = await Enter(cancel);
        try
        {
            var (plan, changed) = await Change(layout, false, false, cancel);
            return await Described(plan, changed, held);
        }
        catch (NvmlException e)
        {
            held.Dispose();
            throw new PartitionException($"{key} could not be cut: {e.Message}", e);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Cuts the GPU and leaves it so. What was found stays known to the journal.</summary>
    /// <returns>What was done, and the slices with their UUIDs.</returns>
    /// <exception cref="PartitionException">The GPU could not be cut; it is as it was found.</exception>
    public async ValueTask<(MigPlan Plan, IReadOnlyList<Slice> Slices)> Keep(Layout layout, CancellationToken cancel, bool empty = false)
    {
        using var held = await Enter(cancel);
        try
        {
            var (plan, changed) = await Change(layout, empty, true, cancel);
            var slices = (await Described(plan, changed, held)).Slices;
            if (changed is not null) await journal.Keep(control.Gpu.Uuid, cancel);
            return (plan, slices);
        }
        catch (NvmlException e)
        {
            throw new PartitionException($"{key} could not be cut: {e.Message}", e);
        }
    }

    /// <summary>Brings back what the last transaction found, where it was meant to stay or could not be finished.</summary>
    /// <returns>What was before, or null where there is nothing to bring back.</returns>
    /// <exception cref="PartitionException">Not all of it came back.</exception>
    public async ValueTask<MigStory?> Restore(CancellationToken cancel)
    {
        using var held = await journal.Enter(control.Gpu.Uuid, options.Wait, cancel);
        if (journal.Story(control.Gpu.Uuid) is not { Ending: not MigEnding.Restored } story) return null;
        if (story.Boot != BootId.Current)
        {
            await Forget(story, cancel);
            return null;
        }
        await Transaction().Recover(story);
        return story;
    }

    /// <summary>Brings back what an unfinished transaction of a process that is gone found; nothing where there is none.</summary>
    /// <exception cref="PartitionException">Not all of it came back.</exception>
    public async ValueTask Recover(CancellationToken cancel) => (await Enter(cancel)).Dispose();

    MigTransaction Transaction() => new(control, Geometry, journal, options.Pause ?? Task.Delay, options.Now ?? (() => Monotonic.Now));

    /// <summary>As many of one profile as fit, or null where not one does.</summary>
    Layout? Uniform(GpuInstanceProfile profile)
    {
        for (var count = profile.MaxInstances ?? Geometry.MemoryUnits ?? 0; count > 0; count--)
        {
            var items = Enumerable.Repeat(new LayoutItem(profile.Name), count).ToArray();
            if (Fitter.Fits(items)) return new(items);
        }
        return null;
    }

    /// <summary>Alone with the GPU, and with what an earlier process owed it.</summary>
    async ValueTask<IDisposable> Enter(CancellationToken cancel)
    {
        var held = await journal.Enter(control.Gpu.Uuid, options.Wait, cancel);
        try
        {
            if (journal.Story(control.Gpu.Uuid) is { Ending: MigEnding.Open } story)
            {
                if (story.Boot != BootId.Current) await Forget(story, cancel);
                else
                {
                    options.Say?.Invoke($"{key}: an earlier change (pid {story.Pid}) did not come to its end; bringing back what it found: {story.Found.Describe(Geometry)}");
                    await Transaction().Recover(story);
                }
            }
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>No instance survives a restart of the machine: what is there now is what its start made, and not ours to change.</summary>
    async ValueTask Forget(MigStory story, CancellationToken cancel)
    {
        options.Say?.Invoke($"{key}: the machine was restarted during a change; what it had found is not brought back: {story.Found.Describe(Geometry)}");
        await journal.Resume(story, cancel);
        await journal.End(control.Gpu.Uuid, cancel);
    }

    async ValueTask<(MigPlan Plan, MigTransaction? Changed)> Change(Layout layout, bool empty, bool anywhere, CancellationToken cancel)
    {
        var plan = await Free(layout, empty, anywhere, anew: false, _ => [], cancel);
        if (plan.Steps.Count == 0) return (plan, null);
        var transaction = Transaction();
        await transaction.Change(plan.Found, plan.Steps, cancel);
        return (plan, transaction);
    }

    /// <summary>The plan once nobody uses what would change.</summary>
    /// <param name="foreign">Instances that must not be touched.</param>
    /// <exception cref="PartitionException">The layout cannot be had, or not now.</exception>
    internal async ValueTask<MigPlan> Free(Layout layout, bool empty, bool anywhere, bool anew, Func<MigSnapshot, IReadOnlyList<MigSnapshot.Instance>> foreign, CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; ; waited += holderPause)
        {
            var present = MigSnapshot.Read(control);
            if (foreign(present) is [var other, ..]) throw new PartitionException($"{key} cannot be cut into {layout}: a GPU instance that somebody else made lies at {other.Place} since this began. It was not touched.");
            var plan = Plan(layout, empty, anywhere, anew, present);
            if (plan.ChangesMode && !options.ChangeMode) throw new PartitionException($"{NeedsMode(layout)[..^1]}; nothing was touched.");
            if (plan.Holders.Count == 0) return plan;
            if (waited >= options.Wait)
                throw new PartitionException($"{key} cannot be cut while these use what would change: {string.Join(", ", plan.Holders.Select(h => h.Describe()).Distinct())}. Stop them, or wait for them with --wait SECONDS; nothing was touched.");
            await (options.Pause ?? Task.Delay)(holderPause, cancel);
        }
    }

    /// <param name="anywhere">Whether places may follow what is there; a sweep's slices have the places that its plan names.</param>
    MigPlan Plan(Layout layout, bool empty, bool anywhere, bool anew, MigSnapshot found)
    {
        if (Obstacle(layout, empty) is { } obstacle) throw new PartitionException($"{layout} cannot be had on {key}: {obstacle}.");
        var fit = anywhere ? KeepingFit.Of(Fitter, layout, found) : Fitter.Fit(layout);
        if (fit.Placed is not { } placed) throw new PartitionException(fit.Refusal!.ToString());
        return MigPlan.Of(layout, placed, found, !layout.IsWhole || empty, [.. placed.Instances.Select(Wanted)], control.GetHolders(), anew);
    }

    string NeedsMode(Layout layout) => $"{layout} on {key} needs MIG mode switched {(layout.IsWhole ? "off" : "on")}, which --allow-mode-change permits.";

    static MigWanted Wanted(PlacedInstance instance)
    {
        var parts = MigSlices.Parts(instance);
        var starts = ComputePlaces.Of(instance.Profile.ComputeSlices, parts);
        return new(instance.Profile.Id!.Value, new(instance.Start, instance.Size), [.. parts.Select((p, i) => new MigWanted.Compute(p, starts[i]))]);
    }

    /// <summary>What stands in the way before any place is looked for, or null.</summary>
    string? Obstacle(Layout layout, bool empty = false)
    {
        var (mode, enabled) = (control.GetMode(), !layout.IsWhole || empty);
        if (control.Gpu.VgpuGuest) return layout.IsWhole ? null : "this is a vGPU guest, whose geometry is fixed by its host";
        if (enabled && Geometry.Profiles.Count == 0) return "this GPU has no MIG";
        if (mode.WaitsForReset) return $"MIG mode is to be switched {(mode.Pending ? "on" : "off")} at the next reset of the GPU; reset it first, or take the change back";
        if (mode.Current == enabled || control.Gpu.ModeNeedsReset != true) return null;
        return $"MIG mode is {(mode.Current ? "on" : "off")} and changes only with a reset of the GPU; switch it by 'nvidia-smi -mig {(mode.Current ? 0 : 1)}' and 'nvidia-smi --gpu-reset' with nothing else using it";
    }

    /// <summary>The slices with their UUIDs; what cannot be described is taken back.</summary>
    async ValueTask<Partition> Described(MigPlan plan, MigTransaction? changed, IDisposable held)
    {
        try
        {
            return new MigPartition(plan, Addressed(plan.Layout, plan.Placed), changed, held);
        }
        catch (Exception e) when (e is NvmlException or PartitionException && changed is not null)
        {
            await changed.Restore(plan.Found);
            throw new PartitionException($"{key} is as it was found: {e.Message}", e);
        }
    }

    /// <summary>The slices of a layout that is there, with their UUIDs.</summary>
    internal IReadOnlyList<Slice> Addressed(Layout layout, PlacedLayout placed) => layout.IsWhole ? [MigSlices.Whole(control.Gpu, Units.Count)] : Slices(placed);

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
                addressed.Add(MigSlices.Addressed(slices[addressed.Count], control.Gpu, control.GetUuid(at.Id, compute.Id), compute.Place.Size == instance.Profile.ComputeSlices ? instance.Profile.Sms : null, instance.Profile.Memory));
        }
        return addressed;
    }
}

/// <summary>A GPU while it is cut; disposing it brings back what was found.</summary>
/// <param name="transaction">Null where nothing had to be changed, so nothing has to be restored.</param>
/// <param name="held">What keeps others from changing it.</param>
sealed class MigPartition(MigPlan plan, IReadOnlyList<Slice> slices, MigTransaction? transaction, IDisposable held) : Partition(plan.Layout, slices)
{
    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (transaction is not null) await transaction.Restore(plan.Found);
        }
        finally
        {
            held.Dispose();
        }
    }
}
