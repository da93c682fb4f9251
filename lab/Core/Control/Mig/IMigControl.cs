namespace GpuLab.Control.Mig;

/// <summary>
/// The door below the MIG partitioner: one GPU in the driver's own terms, a call here for a call there.
/// What fails throws <see cref="NvmlException"/> with the driver's status. Nothing here retries, rolls back or remembers.
/// </summary>
public interface IMigControl
{
    MigGpu Gpu { get; }

    MigMode GetMode();

    /// <summary>Asks for MIG mode on or off.</summary>
    /// <returns>The activation status: the call itself can succeed while this says that the GPU is in use or needs a reset.</returns>
    NvmlReturn SetMode(bool enabled);

    /// <summary>GPU instance profiles that this GPU has, whether or not any fits now.</summary>
    IReadOnlyList<MigProfile> GetProfiles();

    /// <summary>Every legal place of a profile, whatever occupies it now.</summary>
    /// <param name="profileId">The driver's id (<see cref="MigProfile.Id"/>), not the constant.</param>
    IReadOnlyList<MigPlace> GetPossiblePlacements(int profileId);

    /// <summary>How many more instances of a profile fit now.</summary>
    int GetRemainingCapacity(int profileId);

    /// <summary>Creates a GPU instance; an occupied place is <see cref="NvmlReturn.InsufficientResources"/>.</summary>
    /// <param name="place">Null leaves the place to the driver; what then fits depends on the order of creation.</param>
    MigGpuInstance CreateGpuInstance(int profileId, MigPlace? place);

    IReadOnlyList<MigGpuInstance> GetGpuInstances();

    /// <summary>Destroys a GPU instance that has no compute instances left. May take a second.</summary>
    void DestroyGpuInstance(int gpuInstance);

    /// <summary>Compute instance profiles of a live GPU instance.</summary>
    IReadOnlyList<MigComputeProfile> GetComputeProfiles(int gpuInstance);

    /// <summary>Every legal place of a compute instance profile in a live GPU instance, in compute slices, whatever occupies it now.</summary>
    IReadOnlyList<MigPlace> GetComputePlacements(int gpuInstance, int profileId);

    /// <param name="place">In compute slices of the GPU instance; null leaves it to the driver.</param>
    MigComputeInstance CreateComputeInstance(int gpuInstance, int profileId, MigPlace? place);

    IReadOnlyList<MigComputeInstance> GetComputeInstances(int gpuInstance);

    void DestroyComputeInstance(int gpuInstance, int computeInstance);

    /// <summary>The UUID that CUDA_VISIBLE_DEVICES takes, <c>MIG-…</c>. The same place may come back with the same UUID or another one.</summary>
    string GetUuid(int gpuInstance, int computeInstance);

    /// <summary>Processes on the GPU and its instances, as far as they can be seen.</summary>
    IReadOnlyList<MigHolder> GetHolders() => [];
}

/// <summary>The parent GPU.</summary>
/// <param name="Uuid"><c>GPU-…</c>; stays when MIG mode changes, which minor numbers and handles do not.</param>
/// <param name="Memory">Bytes of the whole GPU.</param>
/// <param name="Pci">Its address, as domain:bus:device.function; null where there is none.</param>
/// <param name="VgpuGuest">In a vGPU guest the geometry is fixed.</param>
/// <param name="ModeNeedsReset">Whether MIG mode changes only with a reset; null where the driver does not say.</param>
public sealed record MigGpu(string Name, string Uuid, long? Memory, int? Sms, bool VgpuGuest = false, bool? ModeNeedsReset = null, string? Pci = null);

/// <summary>MIG mode; a pending mode that differs waits for a reset of the GPU.</summary>
public readonly record struct MigMode(bool Current, bool Pending)
{
    public bool WaitsForReset => Current != Pending;
}

/// <summary>An interval of memory units (GPU instances) or compute slices (compute instances).</summary>
public readonly record struct MigPlace(int Start, int Size)
{
    public int End => Start + Size;

    public bool Overlaps(MigPlace other) => Start < other.End && other.Start < End;

    public override string ToString() => $"{{{Start},{Size}}}";
}

/// <summary>A GPU instance profile as the driver reports it.</summary>
/// <param name="Constant">NVML_GPU_INSTANCE_PROFILE_*.</param>
/// <param name="Id">What create, list and place calls take.</param>
/// <param name="Name">As the driver spells it, such as <c>MIG 3g.71gb</c> or <c>3g.71gb</c>; null before drivers reported names.</param>
/// <param name="MemoryMiB">Null only where a simulated GPU's data has no source.</param>
/// <param name="Sms">Null only where a simulated GPU's data has no source.</param>
public sealed record MigProfile(int Constant, int Id, string? Name, int SliceCount, int InstanceCount, int? Sms, long? MemoryMiB,
    int? CopyEngines = null, int? Decoders = null, int? Encoders = null, int? Jpeg = null, int? Ofa = null);

public sealed record MigGpuInstance(int Id, int ProfileId, MigPlace Place);

/// <summary>A compute instance profile within one GPU instance.</summary>
/// <param name="Constant">NVML_COMPUTE_INSTANCE_PROFILE_*; the default of a double-memory 1g is 7, not 0.</param>
public sealed record MigComputeProfile(int Constant, int Id, int SliceCount, int InstanceCount, int? Sms);

public sealed record MigComputeInstance(int Id, int GpuInstance, int ProfileId, MigPlace Place);
