using System.Collections.Concurrent;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>What loads are compared with.</summary>
static unsafe class StorageCeilings
{
    const int WarmBursts = 2;

    static readonly ConcurrentDictionary<(long, string), Ceiling> Copies = [];

    /// <summary>Copying within memory is what reading from the page cache amounts to. Kept for the life of the worker.</summary>
    /// <param name="bytes">To copy; whole pages.</param>
    public static Ceiling Copy(Team team, byte* from, byte* to, long bytes) => Copies.GetOrAdd((bytes, string.Join(',', team.Cpus)), _ =>
    {
        var pages = bytes / 4096;
        var copy = new StreamWork(StreamKernel.Copy, team.Count, pages) { A = (double*)from, C = (double*)to };
        double fastest = 0;
        foreach (var variant in StreamVariants.For(StreamKernel.Copy))
        {
            copy.Variant = variant;
            for (var burst = 0; burst < WarmBursts; burst++)
            {
                var start = Monotonic.Now;
                team.Run(copy);
                fastest = Math.Max(fastest, pages * 4096 * 1e9 / (Monotonic.Now - start));
            }
        }
        return new(fastest, $"measured: fastest of {WarmBursts} copies of each kind within memory, bytes of payload");
    });
}
