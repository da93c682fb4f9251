using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>Host memory that the driver allocated and pinned, mapped into the device's addresses.</summary>
sealed unsafe class PinnedMemory : CudaHandle
{
    /// <param name="writeCombined">Fast for the device to read over the link, very slow for the host to read.</param>
    /// <exception cref="ProbeSkippedException">So much cannot be pinned.</exception>
    public PinnedMemory(CudaContext context, long bytes, bool writeCombined = false)
        : base(context)
    {
        void* made;
        var status = Cuda.cuMemHostAlloc(&made, (nuint)bytes, CudaFlags.HostPortable | CudaFlags.HostDeviceMap | (writeCombined ? CudaFlags.HostWriteCombined : 0));
        if (status == CUresult.OutOfMemory) throw new ProbeSkippedException($"{Pretty.Bytes(bytes)} of host memory cannot be pinned ({CudaCall.Text(status)})");
        CudaCall.Check(status, Pretty.Bytes(bytes), nameof(Cuda.cuMemHostAlloc) + "()");
        Own((nint)made);
        Bytes = bytes;
    }

    public long Bytes { get; }

    public void* Start => (void*)handle;

    /// <summary>Where the device finds it.</summary>
    public CUdeviceptr OnDevice
    {
        get
        {
            CUdeviceptr device;
            CudaCall.Check(Cuda.cuMemHostGetDevicePointer_v2(&device, Start, 0));
            return device;
        }
    }

    protected override void Free(nint raw) => _ = Cuda.cuMemFreeHost((void*)raw);
}

/// <summary>Memory that this process allocated itself (bound to a NUMA node, on huge pages …) and pinned for as long as this lives.</summary>
sealed unsafe class PinnedBlock : CudaHandle
{
    /// <param name="start">On a page; stays allocated until this is disposed.</param>
    /// <exception cref="ProbeSkippedException">So much cannot be pinned.</exception>
    public PinnedBlock(CudaContext context, void* start, long bytes)
        : base(context)
    {
        var status = Cuda.cuMemHostRegister_v2(start, (nuint)bytes, CudaFlags.HostPortable | CudaFlags.HostDeviceMap);
        if (status == CUresult.OutOfMemory) throw new ProbeSkippedException($"{Pretty.Bytes(bytes)} of host memory cannot be pinned ({CudaCall.Text(status)})");
        CudaCall.Check(status, Pretty.Bytes(bytes), nameof(Cuda.cuMemHostRegister_v2) + "()");
        Own((nint)start);
    }

    /// <summary>Where the device finds it.</summary>
    public CUdeviceptr OnDevice
    {
        get
        {
            CUdeviceptr device;
            CudaCall.Check(Cuda.cuMemHostGetDevicePointer_v2(&device, (void*)handle, 0));
            return device;
        }
    }

    protected override void Free(nint raw) => _ = Cuda.cuMemHostUnregister((void*)raw);
}
