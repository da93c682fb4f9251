using System.Globalization;

namespace GpuLab.Control.Host;

/// <summary>Readings of the host: a few small files each time, those that exist. Counters are totals since boot.</summary>
sealed class HostTelemetry(HostTree tree, HostTopology topology) : ITelemetry
{
    /// <summary>USER_HZ, which is 100 for every user-space interface of Linux on this architecture.</summary>
    const double TicksPerSecond = 100;

    readonly (string Scope, string File)[] clocks =
    [.. topology.Cores.Select(c => c.Threads[0])
        .Select(cpu => (Scope: $"cpu{cpu}", File: $"sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_cur_freq")).Where(c => tree.Exists(c.File))];

    readonly (string Scope, string File)[] temperatures =
    [.. tree.Numbered("sys/class/thermal", "thermal_zone")
        .Select(z => (Scope: tree.Line($"sys/class/thermal/{z.Name}/type") ?? z.Name, File: $"sys/class/thermal/{z.Name}/temp")).Where(z => tree.Exists(z.File))];

    public IReadOnlyList<Reading> Read()
    {
        var readings = new List<Reading>();
        foreach (var (scope, file) in clocks)
        {
            if (tree.Number(file) is { } kilohertz) readings.Add(new(scope, "clock_hz", kilohertz * 1e3));
        }
        foreach (var (scope, file) in temperatures)
        {
            if (tree.Number(file) is { } millidegrees) readings.Add(new(scope, "temperature_c", millidegrees / 1e3));
        }
        if (tree.Line("proc/loadavg")?.Split(' ') is [var load, ..] && Parsed(load, out var value)) readings.Add(new("device", "load", value));
        Stat(readings);
        if (tree.MemInfo("MemAvailable") is { } free) readings.Add(new("device", "memory_available_bytes", free));
        return readings;
    }

    void Stat(List<Reading> readings)
    {
        foreach (var line in tree.Lines("proc/stat"))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (fields)
            {
                case ["ctxt", var switches] when Parsed(switches, out var value):
                    readings.Add(new("device", "context_switches", value));
                    break;
                case [var name, _, _, _, _, _, _, _, var steal, ..] when name.StartsWith("cpu", StringComparison.Ordinal) && Parsed(steal, out var ticks):
                    readings.Add(new(name == "cpu" ? "device" : name, "steal_s", ticks / TicksPerSecond));
                    break;
            }
        }
    }

    static bool Parsed(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
