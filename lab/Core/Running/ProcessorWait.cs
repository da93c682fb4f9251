using System.Globalization;

namespace GpuLab.Running;

/// <summary>
/// How long the threads of a worker were ready to run and had no processor, as the kernel counts it (<c>/proc/PID/task/TID/schedstat</c>). Slices that take turns
/// on a processor seem to work at once: the interval of a sample holds the time in which another ran. This time is what gives them away.
/// </summary>
/// <param name="Threads">Nanoseconds run and waited since the thread began, by its number.</param>
/// <param name="Time">When it was read, CLOCK_MONOTONIC nanoseconds.</param>
readonly record struct ProcessorWait(IReadOnlyDictionary<string, (long Ran, long Waited)> Threads, long Time)
{
    /// <summary>A thread that wanted less of the time than this is none that measures.</summary>
    const double Busy = 0.5;

    /// <summary>Null where the kernel does not count.</summary>
    /// <param name="proc">Where the kernel tells of processes.</param>
    public static ProcessorWait? Read(int pid, string proc = "/proc")
    {
        var threads = new Dictionary<string, (long, long)>();
        try
        {
            foreach (var thread in Directory.EnumerateDirectories($"{proc}/{pid}/task"))
            {
                if (Counters($"{thread}/schedstat") is { } counters) threads[Path.GetFileName(thread)] = counters;
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        return threads.Count == 0 ? null : new(threads, Monotonic.Now);
    }

    /// <summary>Share of the time that they wanted to run in which the threads that measure had to wait: that of the worst.</summary>
    /// <param name="duty">Declared share of the time in which they have work.</param>
    public double Since(ProcessorWait before, double duty)
    {
        var (worst, wall) = (0.0, Time - before.Time);
        foreach (var (thread, now) in Threads)
        {
            var then = before.Threads.GetValueOrDefault(thread);
            var (ran, waited) = (now.Ran - then.Ran, now.Waited - then.Waited);
            if (ran + waited >= Busy * duty * wall && waited > 0) worst = Math.Max(worst, waited / (double)(ran + waited));
        }
        return worst;
    }

    static (long Ran, long Waited)? Counters(string path)
    {
        try
        {
            return File.ReadAllText(path).Split(' ') is [var ran, var waited, ..] && long.TryParse(ran, CultureInfo.InvariantCulture, out var r) && long.TryParse(waited, CultureInfo.InvariantCulture, out var w) ? (r, w) : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The thread ended meanwhile.
            return null;
        }
    }
}
