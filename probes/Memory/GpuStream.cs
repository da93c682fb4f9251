using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Memory;

/// <summary>What a streaming kernel does on a GPU.</summary>
enum GpuStreamKernel { Read, Write, Copy, Triad, HotCopy }

/// <summary>A streaming probe on a GPU: the same metadata as on the host, carried out by the kernels of stream.cu.</summary>
sealed class GpuStream(ProbeInfo info, GpuStreamKernel kernel) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request)
    {
        var bytes = (long)request.Parameters.Number("bytes", kernel == GpuStreamKernel.HotCopy ? 64 << 20 : 256 << 20);
        var vectors = bytes / (kernel == GpuStreamKernel.HotCopy ? 2 : 1) / Vector16.Size;
        if (vectors == 0) throw new ProbeSkippedException($"{Units.BytesText(bytes)} is less than one access of {Vector16.Size} bytes an array");
        return new GpuStreamProbe(CudaSession.Current, kernel, vectors, request.Seed);
    }
}
