namespace GpuLab.Probes.Cuda;

/// <summary>A point in a stream, with the device's time of passing it.</summary>
sealed unsafe class CudaEvent : CudaHandle
{
    public CudaEvent(CudaContext context)
        : base(context)
    {
        CUevent made;
        CudaCall.Check(Cuda.cuEventCreate(&made, 0));
        Own(made.Handle);
    }

    public CUevent Raw => new(handle);

    public void Record(CudaStream stream) => CudaCall.Check(Cuda.cuEventRecord(Raw, stream.Raw));

    /// <summary>Waits, spinning, until it is passed.</summary>
    public void Synchronize() => CudaCall.Check(Cuda.cuEventSynchronize(Raw));

    public bool IsPassed
    {
        get
        {
            var status = Cuda.cuEventQuery(Raw);
            if (status != CUresult.NotReady) CudaCall.Check(status);
            return status == CUresult.Success;
        }
    }

    /// <summary>
    /// Nanoseconds of the device's clock from another event to this one; both are passed. The driver answers in float milliseconds,
    /// which resolve 4 µs after a minute: measure short spans.
    /// </summary>
    public double Since(CudaEvent earlier)
    {
        float milliseconds;
        CudaCall.Check(Cuda.cuEventElapsedTime(&milliseconds, earlier.Raw, Raw));
        return milliseconds * 1e6;
    }

    protected override void Free(nint raw) => _ = Cuda.cuEventDestroy_v2(new(raw));
}
