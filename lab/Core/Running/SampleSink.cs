using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuLab.Running;

/// <summary>One timed region as it lies in the shared ring. 48 bytes, blittable.</summary>
/// <param name="Start">CLOCK_MONOTONIC nanoseconds (virtual nanoseconds on simulated devices).</param>
/// <param name="Operations">k, the operations in the region.</param>
/// <param name="Value">The metric's value in SI; NaN is legal and means that there is none.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Sample(long Start, long End, long Operations, double Value, int Metric, SampleFlags Flags, long Index);

/// <summary>What the worker knows about a sample that makes it differ from the others.</summary>
[Flags]
public enum SampleFlags
{
    None = 0,

    /// <summary>The clock was more than 3 % below the repeat's usual one.</summary>
    SlowClock = 1,

    /// <summary>Page cache or other state was not what the cell asks for.</summary>
    WrongState = 2,
}

/// <summary>Where a probe puts samples: a preallocated ring in memory shared with the coordinator. Never blocks, never allocates.</summary>
public unsafe ref struct SampleSink(SampleRing ring)
{
    /// <summary>Appends one sample of the probe's metric number <paramref name="metric"/>; counted as dropped when the ring is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Add(int metric, long start, long end, long operations, double value, SampleFlags flags = SampleFlags.None) =>
        ring.Write(start, end, operations, value, metric, flags);

    /// <summary>Appends work per second over the region.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddRate(int metric, long start, long end, long operations, double work) =>
        ring.Write(start, end, operations, work * 1e9 / (end - start), metric, SampleFlags.None);
}
