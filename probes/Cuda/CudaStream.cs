namespace GpuLab.Probes.Cuda;

/// <summary>A queue of work that does not wait for the null stream.</summary>
sealed unsafe class CudaStream : CudaHandle
{
    public CudaStream(CudaContext context)
        : base(context)
    {
        CUstream made;
        CudaCall.Check(Cuda.cuStreamCreate(&made, CudaFlags.StreamNonBlocking));
        Own(made.Handle);
    }

    public CUstream Raw => new(handle);

    /// <summary>Waits, spinning, until all that is queued is done.</summary>
    /// <exception cref="CudaException">Something that was queued failed, perhaps long ago.</exception>
    public void Synchronize() => CudaCall.Check(Cuda.cuStreamSynchronize(Raw));

    /// <summary>Whether all that is queued is done.</summary>
    public bool IsIdle
    {
        get
        {
            var status = Cuda.cuStreamQuery(Raw);
            if (status != CUresult.NotReady) CudaCall.Check(status);
            return status == CUresult.Success;
        }
    }

    /// <summary>What is queued from now on waits for what an event was recorded behind.</summary>
    public void WaitFor(CudaEvent earlier) => CudaCall.Check(Cuda.cuStreamWaitEvent(Raw, earlier.Raw, 0));

    protected override void Free(nint raw) => _ = Cuda.cuStreamDestroy_v2(new(raw));
}
