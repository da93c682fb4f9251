namespace GpuLab.Control.Simulated;

/// <summary>Time of a simulated device: it passes only when something is said to take time. Starts at 0.</summary>
public sealed class VirtualClock
{
    long nanoseconds;

    public long Nanoseconds => Interlocked.Read(ref nanoseconds);

    public TimeSpan Elapsed => TimeSpan.FromTicks(Nanoseconds / 100);

    public void Advance(TimeSpan by) => Advance(by.Ticks * 100);

    public void Advance(long by)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(by);
        Interlocked.Add(ref nanoseconds, by);
    }
}
