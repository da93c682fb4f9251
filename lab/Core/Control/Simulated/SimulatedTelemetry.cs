using GpuLab.Geometry;

namespace GpuLab.Control.Simulated;

/// <summary>Readings of a GPU that runs at its nominal clocks; a field whose figure is not known is left out, as on real GPUs.</summary>
sealed class SimulatedTelemetry(GpuSpec? spec, VirtualClock clock) : ITelemetry
{
    static readonly (string Figure, string Field)[] fields = [("sm_clock", "clock_hz"), ("memory_clock", "memory_clock_hz"), ("power", "power_limit_w")];

    public IReadOnlyList<Reading> Read()
    {
        var readings = new List<Reading> { new("device", "virtual_time_s", clock.Nanoseconds * 1e-9) };
        foreach (var (figure, field) in fields)
        {
            if (spec?[figure] is { } value) readings.Add(new("device", field, value.Value));
        }
        return readings;
    }
}
