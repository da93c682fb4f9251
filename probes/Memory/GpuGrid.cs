using System.Globalization;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Memory;

/// <summary>A launch that occupies all multiprocessors once: as many blocks of so many threads as fit on them at the same time.</summary>
readonly record struct GpuGrid(int Blocks, int Threads)
{
    static readonly int[] threads = [512, 256, 1024];

    /// <summary>What is worth trying; the first is kept unless another is clearly faster.</summary>
    public static IReadOnlyList<GpuGrid> Candidates(CudaKernel kernel, CudaDevice device)
    {
        var most = kernel.MaxThreads;
        return [.. threads.Where(t => t <= most).Select(t => new GpuGrid(device.Sms * kernel.BlocksPerSm(t), t)).Where(g => g.Blocks > 0)];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Blocks} blocks of {Threads} threads");
}
