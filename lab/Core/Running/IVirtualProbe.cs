using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Running;

/// <summary>A probe of a simulated device: its samples lie on a virtual clock and depend on what works beside it.</summary>
public interface IVirtualProbe : IPreparedProbe
{
    /// <summary>Most samples that one call of <see cref="IPreparedProbe.Sample"/> adds.</summary>
    const int MostAtOnce = 16;

    /// <summary>Virtual time it has got to, nanoseconds: no later sample starts before it.</summary>
    long Now { get; }

    /// <summary>Begins a phase.</summary>
    void Begin(VirtualPhase phase);
}

/// <summary>What a simulated worker must know of a phase.</summary>
/// <param name="Start">Virtual nanoseconds.</param>
/// <param name="Beside">The other slices at work and what they run.</param>
/// <param name="PeriodNs">From the start of one sample to that of the next, for a slice that works at part of its rate; 0 for back to back.</param>
public sealed record VirtualPhase(Phase Phase, long Start, IReadOnlyList<Neighbour> Beside, long PeriodNs = 0);

/// <summary>Another slice at work in the same phase.</summary>
/// <param name="Duty">Share of the work that it does alone in the same time.</param>
public sealed record Neighbour(string Slice, string Probe, Parameters Parameters, double Duty = 1);
