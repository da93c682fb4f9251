using GpuLab.Model;

namespace GpuLab.Sweeps;

/// <summary>Why a slice works in a cell: to be measured, or to load what the measured ones share with it.</summary>
public enum Role { Victim, Aggressor }

/// <summary>What one slice does while the slices of a cell work at once.</summary>
/// <param name="Duty">Declared share of the work that the slice does alone in the same time: 1 is back to back, 0 is idle.</param>
public sealed record Work(string Slice, ProbeInfo Probe, Parameters Parameters, Role Role, double Duty = 1)
{
    /// <summary><c>mem.copy bytes=64MiB on 1c@1 at 50%</c></summary>
    public override string ToString()
    {
        var parameters = Parameters.Count == 0 ? "" : $" {Parameters}";
        var duty = Duty == 1 ? "" : $" at {Units.Invariant(Math.Round(Duty * 100, 6))}%";
        return $"{Probe.Id}{parameters} on {Slice}{duty}";
    }
}

/// <summary>One entry of <c>mixed</c>: a workload and the slices that carry it out.</summary>
/// <param name="Slice">A slice's name, or a profile for all slices of it; <see cref="Others"/> for those not named otherwise.</param>
public sealed record MixedWork(string Slice, ProbeInfo Probe, Parameters Parameters)
{
    public const string Others = "others";
}
