using System.Collections.Concurrent;
using System.Numerics;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>How a streaming cell is timed, found by short bursts and kept for the life of the worker.</summary>
/// <param name="Windows">Windows that the arrays are walked in, one a sample.</param>
/// <param name="Passes">Passes over a window in one sample.</param>
readonly record struct StreamTuning(StreamVariant Variant, int Windows, int Passes, Ceiling? Ceiling)
{
    /// <summary>Another variant must be this much faster than the first to be kept, so that noise does not choose.</summary>
    const double Clearly = 1.03;
    const double LongPass = 10e-3, Segment = 7e-3, ManyPasses = 5e-3, ManyHotPasses = 1e-3;
    const long BurstBytes = 4 << 20;
    const int Bursts = 5;

    static readonly ConcurrentDictionary<(StreamKernel, long, string), StreamTuning> Known = [];
    static readonly ConcurrentDictionary<(int, string), double> Reads = [];

    public static StreamTuning Of(StreamWork work, Team team, long pages)
    {
        var key = (work.Kernel, pages, string.Join(',', team.Cpus));
        return Known.TryGetValue(key, out var known) ? known : Known[key] = Found(work, team, pages);
    }

    static unsafe StreamTuning Found(StreamWork work, Team team, long pages)
    {
        var arrayBytes = pages * StreamWork.Page * sizeof(double);
        var (variant, rate) = Fastest(work, team, pages);
        var pass = Counted(work.Kernel, arrayBytes) / rate;
        var windows = pass > LongPass ? (int)Math.Clamp(Math.Round(pass / Segment), 1, pages / team.Count) : 1;
        var target = work.Kernel == StreamKernel.HotCopy ? ManyHotPasses : ManyPasses;
        var passes = windows > 1 ? 1 : (int)Math.Ceiling(target / pass);
        return new(variant, windows, passes, work.Kernel == StreamKernel.HotCopy ? null : Bound(work, team, pages, rate));
    }

    /// <summary>Bytes counted when a kernel goes over that much of each array once.</summary>
    public static double Counted(StreamKernel kernel, long bytes) => (double)bytes * kernel.Arrays();

    static (StreamVariant, double) Fastest(StreamWork work, Team team, long pages)
    {
        var variants = StreamVariants.For(work.Kernel);
        var best = new double[variants.Length];
        Cut(work, pages);
        for (var burst = 0; burst < Bursts; burst++)
        {
            for (var v = 0; v < variants.Length; v++)
            {
                work.Variant = variants[v];
                best[v] = Math.Max(best[v], Burst(work, team));
            }
        }
        var fastest = Array.IndexOf(best, best.Max());
        var kept = best[fastest] > Clearly * best[0] ? fastest : 0;
        return (variants[kept], best[kept]);
    }

    /// <summary>Reading is what memory does best on most machines; where the probe's own bursts were faster, they are the bound.</summary>
    static unsafe Ceiling Bound(StreamWork work, Team team, long pages, double own)
    {
        var size = BitOperations.Log2((ulong)pages);
        var read = Reads.GetOrAdd((size, string.Join(',', team.Cpus)), _ =>
        {
            var reading = new StreamWork(StreamKernel.Read, team.Count, pages) { A = work.A == null ? work.C : work.A };
            Cut(reading, pages);
            return StreamVariants.For(StreamKernel.Read).Max(variant =>
            {
                reading.Variant = variant;
                double fastest = 0;
                for (var burst = 0; burst < Bursts; burst++) fastest = Math.Max(fastest, Burst(reading, team));
                return fastest;
            });
        });
        return own > read && work.Kernel != StreamKernel.Read ? new(own, $"measured: fastest of {Bursts} short bursts of the probe itself, which beat those of reading")
            : new(Math.Max(own, read), $"measured: fastest of {Bursts} short read bursts on the same cores and size of array");
    }

    static void Cut(StreamWork work, long pages)
    {
        var bytes = pages * StreamWork.Page * sizeof(double) / work.Threads;
        work.Windows = (int)Math.Max(1, bytes / BurstBytes);
        work.Passes = (int)Math.Max(1, BurstBytes / bytes);
        work.Window = 0;
    }

    /// <summary>The rate of one burst in the next window; successive bursts do not meet what the last one left in the caches.</summary>
    static double Burst(StreamWork work, Team team)
    {
        work.Window = (work.Window + 1) % work.Windows;
        var start = Monotonic.Now;
        team.Run(work);
        return Counted(work.Kernel, work.WindowBytes) * work.Passes * 1e9 / (Monotonic.Now - start);
    }
}
