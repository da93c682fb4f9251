namespace GpuLab.Control;

/// <summary>One schedulable part of a cut device, as the harness and a worker see it.</summary>
/// <param name="Index">Position in the layout, from 0.</param>
/// <param name="Name">Unique in the layout and stable across runs: profile and place, such as <c>1c@0</c>, <c>3g.71gb@4</c>, or <c>whole</c>.</param>
/// <param name="Profile">The profile's text, such as <c>1c</c>; equal slices share it.</param>
/// <param name="Start">First unit occupied (cores, memory units).</param>
/// <param name="Units">Units occupied.</param>
/// <param name="Cpus">Logical processors the worker is pinned to; one thread each.</param>
/// <param name="Environment">Variables the worker starts with, such as <c>CUDA_VISIBLE_DEVICES</c>.</param>
public sealed record Slice(int Index, string Name, string Profile, int Start, int Units,
    IReadOnlyList<int> Cpus, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>What the worker must report as its identity (UUID, SM count …) or be refused; empty where there is nothing to compare.</summary>
    public IReadOnlyDictionary<string, string> Identity { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the slices that it is to do one piece of work with, itself included; empty where it works for itself.</summary>
    public IReadOnlyList<string> Team { get; init; } = [];

    /// <summary>Bytes of memory of its own; null where it shares the device's, or where that is not known before it is cut.</summary>
    public long? Memory { get; init; }
}
