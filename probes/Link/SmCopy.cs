using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;
using GpuLab.Running;

namespace GpuLab.Probes.Link;

/// <summary>Copies by a kernel, whose loads or stores go over the link: no copy engine takes part.</summary>
sealed class SmCopy
{
    /// <summary>As other tools launch it: a block of so many threads on each SM.</summary>
    public const int Threads = 512;

    readonly CudaKernel kernel;
    readonly GpuGrid grid;
    readonly ulong vectors;

    /// <param name="name">gl_stream_copy, or gl_link_both with <paramref name="bytes"/> each way.</param>
    /// <exception cref="ProbeSkippedException">So many bytes are no vectors of 16.</exception>
    public SmCopy(CudaSession session, string name, long bytes, int ways = 1)
    {
        if (bytes % Vector16.Size != 0) throw new ProbeSkippedException($"the SMs copy vectors of {Vector16.Size} bytes, and {Units.BytesText(bytes)} is no multiple of it");
        kernel = session.Kernels[name];
        vectors = (ulong)(bytes / Vector16.Size);
        var threads = ways * (long)vectors;
        grid = new((int)Math.Clamp((threads + Threads - 1) / Threads, 1, session.Device.Sms), Threads);
    }

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{kernel.Name}, {grid}");

    /// <summary>Queues one copy. No managed allocation.</summary>
    public void Queue(CudaStream stream, CUdeviceptr from, CUdeviceptr to) => kernel.Launch(stream, grid.Blocks, grid.Threads, 0, from.Address, to.Address, vectors);

    /// <summary>Queues one copy each way.</summary>
    public void Queue(CudaStream stream, (CUdeviceptr From, CUdeviceptr To) up, (CUdeviceptr From, CUdeviceptr To) down) =>
        kernel.Launch(stream, grid.Blocks, grid.Threads, 0, up.From.Address, up.To.Address, down.From.Address, down.To.Address, vectors);
}
