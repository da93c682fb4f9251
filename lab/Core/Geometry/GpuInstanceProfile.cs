using GpuLab.Model;

namespace GpuLab.Geometry;

/// <summary>Which of the GPU's media engines a GPU instance takes; decides what may stand beside it.</summary>
public enum Media
{
    /// <summary>Its ordinary share, if any.</summary>
    Plain,

    /// <summary><c>+me</c>: the engines of which there is one; at most one such instance a GPU.</summary>
    Extended,

    /// <summary><c>+me.all</c>: every engine; only <see cref="None"/> may stand beside it.</summary>
    All,

    /// <summary><c>-me</c>: no engine.</summary>
    None,
}

/// <summary>A kind of GPU instance of one GPU.</summary>
/// <param name="Kind">As the geometry file has it: <c>1g</c>, <c>1gx2</c> (double memory), <c>2g+gfx</c> …</param>
/// <param name="Constant">The NVML_GPU_INSTANCE_PROFILE_* number that profile queries take.</param>
/// <param name="Id">The number that create, list and place calls take; not the same as <paramref name="Constant"/>.</param>
/// <param name="MaxInstances">How many the driver says fit at once.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Sms">Multiprocessors.</param>
/// <param name="ComputeSizes">Sizes of the compute instances it can be cut into, in compute slices, ascending.</param>
public sealed record GpuInstanceProfile(Profile Name, string Kind, int Constant, int? Id, int ComputeSlices, int? MaxInstances,
    PlaceGrid? Places, long? Memory, int? Sms, Engines Engines, IReadOnlyList<int> ComputeSizes)
{
    public Media Media { get; } = Name.Attribute switch
    {
        "+me" => Media.Extended,
        "+me.all" => Media.All,
        "-me" => Media.None,
        _ => Media.Plain,
    };
}

/// <summary>Fixed-function engines of one GPU instance; null where not known.</summary>
public readonly record struct Engines(int? Copy, int? Decode, int? Encode, int? Jpeg, int? OpticalFlow);

/// <summary>Where instances of a profile may lie on the strip of memory units.</summary>
/// <param name="Starts">Ascending.</param>
/// <param name="Size">Units occupied from each start.</param>
/// <param name="Source">How this is known: <c>READ</c>, <c>INFERRED …</c>, <c>driver</c>.</param>
public sealed record PlaceGrid(IReadOnlyList<int> Starts, int Size, string Source)
{
    /// <summary>One bit a unit.</summary>
    public ulong Mask(int start) => (Size == 64 ? ulong.MaxValue : (1UL << Size) - 1) << start;
}
