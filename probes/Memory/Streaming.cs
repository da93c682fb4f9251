using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Memory;

/// <summary>What is meant to come from memory must not fit the L2.</summary>
static class Streaming
{
    /// <summary>Arrays together are so many times the L2; less stays in it.</summary>
    const int OverL2 = 4;

    /// <param name="bytes">Of all arrays that are touched.</param>
    public static bool Is(CudaDevice device, double bytes) => bytes >= OverL2 * (double)device.Attribute(CUdevice_attribute.L2CacheSize);

    /// <summary>For the facts of a figure.</summary>
    public static string Text(bool streams) => streams ? "streaming" : $"not streaming: the arrays are less than {OverL2} times the L2, so much of this is bandwidth of the L2";
}
