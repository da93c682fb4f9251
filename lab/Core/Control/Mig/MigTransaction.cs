using GpuLab.Geometry;

namespace GpuLab.Control.Mig;

/// <summary>Carries steps out one by one, each written down before and read back after, and takes them back where one fails.</summary>
/// <param name="pause">Waits between attempts; virtual on a simulated GPU.</param>
/// <param name="now">Nanoseconds; virtual on a simulated GPU.</param>
sealed class MigTransaction(IMigControl control, GpuModel model, IMigJournal journal, Func<TimeSpan, CancellationToken, Task> pause, Func<long> now)
{
    /// <summary>Destroys are refused for a while after a process has ended; longer than this means that somebody is still there.</summary>
    const int Attempts = 6;

    const int Rollbacks = 3;

    static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(100);

    MigLedger ledger = new(new(default, []));

    /// <summary>What each step took so far, as whoever asks for it wants to see it; the list is the asker's to clear.</summary>
    public List<CutStep> Timed { get; } = [];

    /// <summary>Whether a change failed and this has put back what was found, or said that it could not.</summary>
    public bool Settled { get; private set; }

    /// <summary>Changes the GPU, or leaves it as it was found.</summary>
    /// <exception cref="PartitionException">It could not be changed; the message says whether what was found is back.</exception>
    public async ValueTask Change(MigSnapshot found, IReadOnlyList<MigStep> steps, CancellationToken cancel)
    {
        await Begin(found, steps, cancel);
        await Go(found, found, steps, cancel);
    }

    /// <summary>Writes down what was found, before the first change.</summary>
    /// <param name="steps">The first ones; more may follow.</param>
    public async ValueTask Begin(MigSnapshot found, IReadOnlyList<MigStep> steps, CancellationToken cancel)
    {
        ledger = new(found);
        await journal.Begin(control.Gpu.Uuid, found.WithUuids(control), steps, cancel);
    }

    /// <summary>Instances that appeared since the beginning and were not made here.</summary>
    public IReadOnlyList<MigSnapshot.Instance> Foreign(MigSnapshot present) => ledger.Foreign(present);

    /// <summary>Goes on from what is there, or back to what was found at the beginning.</summary>
    /// <exception cref="PartitionException">It could not be changed; the message says whether what was found is back.</exception>
    public async ValueTask Go(MigSnapshot found, MigSnapshot present, IReadOnlyList<MigStep> steps, CancellationToken cancel)
    {
        try
        {
            foreach (var step in steps)
            {
                await journal.Before(step, cancel);
                ledger.Before(step);
                var start = now();
                var made = await One(step, cancel);
                Timed.Add(MigStepNames.Timed(step, present, steps, model, start, now()));
                ledger.After(step);
                await journal.After(step, made, cancel);
            }
        }
        catch (Exception e)
        {
            Settled = true;
            var left = await TryRestore(found);
            if (left is null && e is OperationCanceledException) throw;
            throw new PartitionException(left is null
                ? $"{control.Gpu.Name} could not be cut, and is as it was found: {e.Message}"
                : $"{control.Gpu.Name} could not be cut ({e.Message}), and what was found could not be restored: {left}. {Owed}", e);
        }
    }

    /// <summary>Brings back what was found.</summary>
    /// <exception cref="PartitionException">Not all of it came back.</exception>
    public async ValueTask Restore(MigSnapshot found)
    {
        if (await TryRestore(found) is { } left) throw new PartitionException($"{control.Gpu.Name}: what was found could not be restored: {left}. {Owed}");
    }

    /// <summary>Brings back what a transaction found whose process is gone.</summary>
    /// <exception cref="PartitionException">Not all of it came back.</exception>
    public async ValueTask Recover(MigStory story)
    {
        ledger = story.Ledger;
        await journal.Resume(story, CancellationToken.None);
        await Restore(story.Found);
    }

    /// <summary>What is owed is never forgotten, and never done behind anybody's back.</summary>
    const string Owed = "The state is needs-restore: it is journalled, the next start tries again, and so does 'gpulab partition restore'";

    /// <summary>What is different, or null where all is back. Never believes that a failed call changed nothing: reads the whole state each time.</summary>
    async ValueTask<string?> TryRestore(MigSnapshot found)
    {
        var why = "";
        for (var i = 0; i < Rollbacks; i++)
        {
            try
            {
                var present = MigSnapshot.Read(control);
                foreach (var step in ledger.Back(present).Steps)
                {
                    await Told(() => journal.Before(step, CancellationToken.None));
                    ledger.Before(step);
                    var made = await One(step, CancellationToken.None);
                    ledger.After(step);
                    await Told(() => journal.After(step, made, CancellationToken.None));
                }
                ClearPending(found);
                present = MigSnapshot.Read(control);
                var left = ledger.Back(present);
                if (left.Arrived)
                {
                    await Told(() => journal.End(control.Gpu.Uuid, CancellationToken.None));
                    return null;
                }
                why = $"{string.Join("; ", left.Blocked.DefaultIfEmpty("steps are left to do"))}; now {present.Describe(model)}, found {found.Describe(model)}";
            }
            catch (Exception e) when (e is NvmlException or PartitionException)
            {
                why = $"{e.Message}; found {found.Describe(model)}";
            }
        }
        await Told(() => journal.Stuck(control.Gpu.Uuid, why));
        return why;
    }

    /// <summary>On the way back the GPU comes first: a journal that cannot be written still names what was found, and restoring twice does no harm.</summary>
    static async ValueTask Told(Func<ValueTask> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return;
        }
    }

    /// <summary>A mode change that waits for a reset would strike later, when nobody expects it.</summary>
    void ClearPending(MigSnapshot found)
    {
        if (control.GetMode().Pending != found.Mode.Pending) control.SetMode(found.Mode.Pending);
    }

    async ValueTask<MigGpuInstance?> One(MigStep step, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        switch (step)
        {
            case MigStep.SetMode mode:
                SetMode(mode.Enabled);
                break;
            case MigStep.DestroyCompute compute:
                await Destroy(() => control.DestroyComputeInstance(compute.GpuInstance, compute.ComputeInstance), cancel);
                break;
            case MigStep.DestroyInstance instance:
                var said = await Destroy(() => control.DestroyGpuInstance(instance.GpuInstance), cancel);
                if (control.GetMode().Current && control.GetGpuInstances().Any(g => g.Place == instance.Place)) throw new PartitionException($"the GPU instance at {instance.Place} is still there after it was destroyed{said}");
                break;
            case MigStep.CreateInstance create:
                return Create(create);
            case MigStep.CreateCompute compute:
                Create(At(compute.Instance), compute);
                break;
        }
        return null;
    }

    void SetMode(bool enabled)
    {
        var status = control.SetMode(enabled);
        var mode = control.GetMode();
        if (status == NvmlReturn.Success && mode.Current == enabled) return;
        throw new PartitionException(status switch
        {
            NvmlReturn.InUse => $"MIG mode cannot be switched {Word(enabled)} while a process or a service (DCGM, a monitoring agent, persistenced) holds the GPU",
            _ when mode.WaitsForReset => $"MIG mode is switched {Word(enabled)} only by a reset of the GPU",
            _ => $"MIG mode could not be switched {Word(enabled)}: {status}",
        });
    }

    static string Word(bool enabled) => enabled ? "on" : "off";

    /// <summary>Gone already is as good as destroyed: an earlier attempt may have done half of it.</summary>
    /// <returns>What the driver said to that, for the case that it is not gone.</returns>
    async ValueTask<string> Destroy(Action destroy, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                destroy();
                return "";
            }
            catch (NvmlException e) when (e.Status == NvmlReturn.NotFound)
            {
                return $" ({e.Message})";
            }
            catch (NvmlException e) when (e.Status == NvmlReturn.InUse && attempt < Attempts)
            {
                await pause(firstPause * (1 << (attempt - 1)), cancel);
            }
        }
    }

    MigGpuInstance Create(MigStep.CreateInstance create)
    {
        var made = control.CreateGpuInstance(create.ProfileId, create.Place);
        if (!control.GetGpuInstances().Any(g => g.Id == made.Id && g.ProfileId == create.ProfileId && g.Place == create.Place))
            throw new PartitionException($"the driver created GPU instance {made.Id} at {made.Place} where {create.Place} was asked for");
        return made;
    }

    MigGpuInstance At(MigPlace place) => control.GetGpuInstances().FirstOrDefault(g => g.Place == place)
        ?? throw new PartitionException($"there is no GPU instance at {place} to cut into compute instances");

    void Create(MigGpuInstance instance, MigStep.CreateCompute compute)
    {
        // Among profiles of one size the one with the most multiprocessors is the full one (a double-memory 1g has two).
        var profile = control.GetComputeProfiles(instance.Id).Where(p => p.SliceCount == compute.SliceCount && (compute.ProfileId ?? p.Id) == p.Id).OrderByDescending(p => p.Sms ?? 0).FirstOrDefault()
            ?? throw new PartitionException($"the driver has no compute instance of {compute.SliceCount} slices for the GPU instance at {instance.Place}");
        var place = compute.Start is { } start ? new MigPlace(start, compute.SliceCount) : (MigPlace?)null;
        // The start comes from a rule; where the driver does not know that place, it chooses one.
        if (place is { } asked && !control.GetComputePlacements(instance.Id, profile.Id).Contains(asked)) place = null;
        var made = control.CreateComputeInstance(instance.Id, profile.Id, place);
        if (!control.GetComputeInstances(instance.Id).Any(c => c.Id == made.Id && (place is null || c.Place == place)))
            throw new PartitionException($"the driver did not create compute instance {made.Id} at {place} of GPU instance {instance.Id}");
    }
}
