using System.Diagnostics;

namespace GpuLab.Running;

/// <summary>CLOCK_MONOTONIC in nanoseconds: one clock for all processes of a host, so samples of different workers can be compared.</summary>
public static unsafe class Monotonic
{
    /// <summary>On Linux the stopwatch reads CLOCK_MONOTONIC and counts nanoseconds.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>Sleeps until shortly before a deadline and spins the rest, so that workers start within microseconds of each other.</summary>
    public static void WaitUntil(long deadline, long spin = 200_000)
    {
        var wake = deadline - spin;
        if (wake > Now)
        {
            var until = new Posix.Timespec { Seconds = wake / 1_000_000_000, Nanoseconds = wake % 1_000_000_000 };
            while (Posix.clock_nanosleep(Posix.CLOCK_MONOTONIC, Posix.TIMER_ABSTIME, &until, null) != 0)
            {
            }
        }
        while (Now < deadline) Thread.SpinWait(1);
    }
}
