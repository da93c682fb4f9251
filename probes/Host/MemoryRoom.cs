using GpuLab.Control.Host;

namespace GpuLab.Probes.Host;

/// <summary>Memory that this process may still take.</summary>
static class MemoryRoom
{
    public static long Available()
    {
        var tree = new HostTree("/");
        var free = tree.MemInfo("MemAvailable") ?? long.MaxValue;
        return Math.Min(free, CgroupLimits.Read(tree).MemoryLeft ?? long.MaxValue);
    }
}
