using GpuLab.Probes.Kernels;
using GpuLab.Probes.Memory;

namespace GpuLab.Probes.Link;

/// <summary>Copies by the SMs in both directions.</summary>
static class LinkChecks
{
    public static KernelCheck Both { get; } = new("link.both", ["gl_link_both"], static (on, seed) =>
    {
        foreach (var (shape, count) in new[] { (new KernelShape(3, 64), 3 * 32 * 8 * 2), (new(4, 128), 5003), (new(2, 64), 31) })
        {
            var (up, down) = (FillChecks.Words(seed, count), FillChecks.Words(seed + 1, count));
            var (upTo, downTo) = (on.Allocate(16 * count), on.Allocate(16 * count));
            on.Launch("gl_link_both", shape, on.Allocate<uint>(up), upTo, on.Allocate<uint>(down), downTo, (ulong)count);
            var wrong = Differences.First("up", up, on.Download<uint>(upTo, 4 * count)) ?? Differences.First("down", down, on.Download<uint>(downTo, 4 * count));
            if (wrong is not null) return wrong;
        }
        return null;
    });
}
