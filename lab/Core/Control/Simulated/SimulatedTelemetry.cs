using GpuLab.Geometry;
using GpuLab.Sweeps;

namespace GpuLab.Control.Simulated;

/// <summary>
/// Readings of a GPU that is not there: what real ones would show follows from the work of a trial. A field whose figure is not known is
/// left out, as on real GPUs.
/// </summary>
public sealed class SimulatedTelemetry : ITelemetry
{
    static readonly (string Figure, string Field)[] fields = [("sm_clock", "clock_hz"), ("memory_clock", "memory_clock_hz"), ("power", "power_limit_w")];

    readonly GpuSpec? spec;
    readonly VirtualClock clock;

    internal SimulatedTelemetry(GpuSpec? spec, VirtualClock clock) => (this.spec, this.clock) = (spec, clock);

    /// <summary>What a GPU shows while it works, set by who has models of the work; null where nothing is known.</summary>
    public Func<IReadOnlyList<Work>, int, SimulatedState>? State { get; set; }

    /// <summary>At rest.</summary>
    public IReadOnlyList<Reading> Read() => Read(new(1, null, 0));

    /// <summary>In the middle of a trial.</summary>
    /// <param name="repeat">From 1.</param>
    public IReadOnlyList<Reading> Read(IReadOnlyList<Work> works, int repeat) => State is { } state ? Read(state(works, repeat)) : Read();

    List<Reading> Read(SimulatedState state)
    {
        // First, so that the file alone says what it holds.
        var readings = new List<Reading> { new("device", "simulated", 1), new("device", "virtual_time_s", clock.Nanoseconds * 1e-9) };
        foreach (var (figure, field) in fields)
        {
            if (spec?[figure] is { } value) readings.Add(new("device", field, figure == "sm_clock" ? value.Value * state.Clock : value.Value));
        }
        if (state.Power is { } power && spec?["power"] is { } limit) readings.Add(new("device", "power_w", power * limit.Value));
        readings.Add(new("device", "clocks_event_reasons", state.Reasons));
        return readings;
    }
}

/// <summary>What the work of a trial does to a simulated GPU as a whole.</summary>
/// <param name="Clock">Share of the usual SM clock.</param>
/// <param name="Power">Share of the power limit; null where not known.</param>
/// <param name="Reasons">Why the clock is lower, in NVML's bits: 0x4 the power cap, 0x20 heat.</param>
public readonly record struct SimulatedState(double Clock, double? Power, int Reasons)
{
    public const int PowerCap = 0x4, Thermal = 0x20;
}
