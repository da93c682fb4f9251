using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cuda;

/// <summary>Something of the driver's that this process owns. It keeps its context alive, and makes it current before it is freed, on whatever thread that is.</summary>
abstract class CudaHandle(CudaContext context) : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected CudaContext Context => context;

    /// <summary>Takes ownership of what a call made.</summary>
    protected void Own(nint raw)
    {
        var held = false;
        context.DangerousAddRef(ref held);
        SetHandle(raw);
    }

    /// <summary>Frees it; the context is current. A context that broke has freed it already, so a status is of no use here.</summary>
    protected abstract void Free(nint raw);

    protected sealed override bool ReleaseHandle()
    {
        if (context.TryMakeCurrent()) Free(handle);
        context.DangerousRelease();
        return true;
    }
}
