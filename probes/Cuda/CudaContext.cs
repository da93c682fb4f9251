using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cuda;

/// <summary>The primary context of a device, held by this process.</summary>
sealed unsafe class CudaContext : SafeHandle
{
    CudaContext(CudaDevice device)
        : base(0, ownsHandle: true) => Device = device;

    public CudaDevice Device { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>Retains the primary context and makes it current. Waiting threads spin: a worker has processors of its own, and waking would be timed.</summary>
    /// <exception cref="CudaException">The device cannot be used.</exception>
    public static CudaContext Retain(CudaDevice device)
    {
        var made = new CudaContext(device);
        // Where somebody else already holds it its flags stay as they are.
        _ = Cuda.cuDevicePrimaryCtxSetFlags_v2(device.Handle, CudaFlags.ContextSpin | CudaFlags.ContextMapHost);
        CUcontext context;
        CudaCall.Check(Cuda.cuDevicePrimaryCtxRetain(&context, device.Handle), device.Name);
        made.SetHandle(context.Handle);
        made.MakeCurrent();
        return made;
    }

    /// <summary>For the calling thread.</summary>
    public void MakeCurrent() => CudaCall.Check(Cuda.cuCtxSetCurrent(new(handle)), Device.Name);

    internal bool TryMakeCurrent() => CudaCall.Answers(Cuda.cuCtxSetCurrent(new(handle)));

    /// <summary>Whether something that was queued left it unusable: every later call fails then, for the life of this process. Waits for all streams.</summary>
    public bool IsBroken => !TryMakeCurrent() || !CudaCall.Answers(Cuda.cuCtxSynchronize());

    /// <summary>Bytes free and in total on the device, others' use counted.</summary>
    public (long Free, long Total) Memory
    {
        get
        {
            MakeCurrent();
            nuint free, total;
            CudaCall.Check(Cuda.cuMemGetInfo_v2(&free, &total));
            return ((long)free, (long)total);
        }
    }

    /// <summary>Waits for all streams.</summary>
    public void Synchronize()
    {
        MakeCurrent();
        CudaCall.Check(Cuda.cuCtxSynchronize());
    }

    protected override bool ReleaseHandle() => CudaCall.Answers(Cuda.cuDevicePrimaryCtxRelease_v2(Device.Handle));
}
