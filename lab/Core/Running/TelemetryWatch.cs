using GpuLab.Control;
using GpuLab.Results;

namespace GpuLab.Running;

/// <summary>Reads a device again and again on a thread of the coordinator while slices work.</summary>
sealed class TelemetryWatch : IDisposable
{
    readonly ITelemetry telemetry;
    readonly string trial;
    readonly TimeSpan period;
    readonly ManualResetEventSlim over = new();
    readonly List<TelemetryRow> rows = [];
    readonly Thread thread;

    TelemetryWatch(ITelemetry telemetry, string trial, TimeSpan period)
    {
        (this.telemetry, this.trial, this.period) = (telemetry, trial, period);
        thread = new(Watch) { IsBackground = true, Name = "telemetry" };
        thread.Start();
    }

    /// <summary>Null for a device that is read round trials only.</summary>
    public static TelemetryWatch? Start(ITelemetry telemetry, string trial) => telemetry.Period is { } period ? new(telemetry, trial, period) : null;

    /// <summary>Ends the readings.</summary>
    /// <returns>All of them, by time.</returns>
    public IReadOnlyList<TelemetryRow> Stop()
    {
        over.Set();
        thread.Join();
        return rows;
    }

    public void Dispose()
    {
        Stop();
        over.Dispose();
    }

    /// <summary>Reads now, for somebody who must know how things are at this moment; kept like every reading.</summary>
    public IReadOnlyList<Reading> Take()
    {
        lock (rows)
        {
            var (now, readings) = (Monotonic.Now, telemetry.Read());
            foreach (var reading in readings) rows.Add(new(trial, now, reading.Scope, reading.Field, reading.Value));
            return readings;
        }
    }

    void Watch()
    {
        try
        {
            while (!over.Wait(period)) Take();
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            // A device that is lost is noticed by its workers, with a better reason; the readings so far are kept.
        }
    }
}
