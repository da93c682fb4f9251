using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Launch;

/// <summary>The empty kernel has nothing to compare: that it comes to its end is all it does.</summary>
static class NullCheck
{
    public static KernelCheck Check { get; } = new("null", ["gl_null"], static (on, _) =>
    {
        on.Launch("gl_null", new(3, 64));
        return null;
    });
}
