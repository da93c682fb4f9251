using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>Memory of the device.</summary>
sealed unsafe class DeviceMemory : CudaHandle
{
    /// <param name="bytes">More than 0.</param>
    /// <exception cref="ProbeSkippedException">So much is not free; the message says how much is.</exception>
    public DeviceMemory(CudaContext context, long bytes)
        : base(context)
    {
        CUdeviceptr made;
        var status = Cuda.cuMemAlloc_v2(&made, (nuint)bytes);
        if (status == CUresult.OutOfMemory)
        {
            var (free, total) = context.Memory;
            throw new ProbeSkippedException($"the device has no {Pretty.Bytes(bytes)} of memory left for an array: {Pretty.Bytes(free)} of {Pretty.Bytes(total)} are free ({CudaCall.Text(status)})");
        }
        CudaCall.Check(status, Pretty.Bytes(bytes), nameof(Cuda.cuMemAlloc_v2) + "()");
        Own((nint)made.Address);
        Bytes = bytes;
    }

    public long Bytes { get; }

    public CUdeviceptr Start => new((ulong)handle);

    /// <summary>Queues a copy from host memory. Only what is pinned is copied while the caller goes on.</summary>
    public void CopyFrom(void* host, long bytes, long at, CudaStream stream) => CudaCall.Check(Cuda.cuMemcpyHtoDAsync_v2(Start + at, host, (nuint)bytes, stream.Raw));

    /// <summary>Queues a copy to host memory.</summary>
    public void CopyTo(void* host, long bytes, long at, CudaStream stream) => CudaCall.Check(Cuda.cuMemcpyDtoHAsync_v2(host, Start + at, (nuint)bytes, stream.Raw));

    /// <summary>Queues a copy within the device.</summary>
    public void CopyWithin(long from, long to, long bytes, CudaStream stream) => CudaCall.Check(Cuda.cuMemcpyDtoDAsync_v2(Start + to, Start + from, (nuint)bytes, stream.Raw));

    /// <summary>Queues a fill with one byte.</summary>
    public void Fill(byte value, CudaStream stream) => CudaCall.Check(Cuda.cuMemsetD8Async(Start, value, (nuint)Bytes, stream.Raw));

    protected override void Free(nint raw) => _ = Cuda.cuMemFree_v2(new((ulong)raw));
}
