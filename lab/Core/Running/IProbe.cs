using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Running;

/// <summary>
/// What carries a probe out on one kind of device. One small class beside its kernel, and one line in the catalogue.
/// Runs in the worker process, on the thread that is pinned to the slice's first processor.
/// </summary>
public interface IProbe
{
    ProbeInfo Info { get; }

    /// <summary>Allocates, fills, calibrates and checks the kernel against its reference: everything that is not timed.</summary>
    /// <exception cref="ProbeSkippedException">This cell cannot be measured here; the message says why.</exception>
    IPreparedProbe Prepare(ProbeRequest request);
}

/// <summary>What to measure where.</summary>
/// <param name="Slice">Name of the slice.</param>
/// <param name="Cpus">Logical processors of the slice, one thread each.</param>
/// <param name="Seed">For data patterns; differs by trial.</param>
public sealed record ProbeRequest(string Slice, IReadOnlyList<int> Cpus, Parameters Parameters, ulong Seed)
{
    /// <summary>A folder this trial may write to; emptied when it ends.</summary>
    public string Scratch { get; init; } = "";

    /// <summary>A folder below it for files that are to stay in the run folder, such as traces; made by the probe that has some.</summary>
    public string Keep => KeepIn(Scratch, Slice);

    /// <summary>That folder of a slice; empty where there is no scratch folder.</summary>
    public static string KeepIn(string scratch, string slice) => scratch.Length == 0 ? "" : Path.Combine(scratch, "keep", RunFiles.Safe(slice));

    /// <summary>What it is measured on.</summary>
    public DeviceId Device { get; init; }

    /// <summary>The repeat, from 1.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>File of planted effects; empty for none. Simulated devices only.</summary>
    public string Plant { get; init; } = "";

    /// <summary>Whether the worker is a process of its own, so that it can die alone.</summary>
    public bool OwnProcess { get; init; } = true;

    /// <summary>Names of the slices that do this as one piece of work, this one included; empty where it works for itself.</summary>
    public IReadOnlyList<string> Team { get; init; } = [];

    /// <summary>What the workers of <see cref="Team"/> share; null where there is no team, and on simulated devices.</summary>
    public Communicator? Communicator { get; init; }
}

/// <summary>A probe that is ready to be timed.</summary>
public interface IPreparedProbe : IDisposable
{
    /// <summary>The ceiling its main metric is compared with, measured or read here; null where there is none.</summary>
    Ceiling? Ceiling { get; }

    /// <summary>What was chosen or found while preparing: <c>bytes</c>, <c>pages</c>, <c>threads</c>, <c>resident</c> …</summary>
    IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>Whether what preparing measured is kept for the life of the worker, so that the next time other slices may prepare beside it.</summary>
    bool KeepsTuning => false;

    /// <summary>
    /// Takes one sample: k operations in one timed region of at least 200 µs where the probe can batch. No managed allocation.
    /// </summary>
    void Sample(ref SampleSink sink);

    /// <summary>Checks what the kernel left behind. Outside timed regions; null when right, else what is wrong.</summary>
    string? Verify();
}

/// <summary>A probe that queues work ahead of what it waits for, so that the device never waits for the host.</summary>
public interface IQueuedProbe : IPreparedProbe
{
    /// <summary>A phase begins.</summary>
    /// <param name="paced">Whether there are rests between samples, into which no work may fall.</param>
    void Begin(bool paced);

    /// <summary>The phase is over: waits for what is still queued and adds its samples.</summary>
    void End(ref SampleSink sink);
}

/// <summary>The best that is known to be possible, and how it is known.</summary>
/// <param name="Value">In the unit of the metric it bounds.</param>
/// <param name="Source">For the reader: <c>measured: fastest of 8 read bursts</c>, <c>read: memory clock × bus width</c>.</param>
public sealed record Ceiling(double Value, string Source)
{
    /// <summary>None that could be looked up or measured: NaN, and why in place of a source.</summary>
    public static Ceiling Unknown(string why) => new(double.NaN, $"unknown: {why}");
}

/// <summary>A cell that cannot be measured here, with the reason.</summary>
public sealed class ProbeSkippedException(string reason) : Exception(reason);
