using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;

namespace GpuLab.Probes.Aggressors;

/// <summary>What an aggressor works on. It is freed with this, also where not all that is needed could be had.</summary>
sealed class StormGround(CudaSession session, CudaStream stream) : IDisposable
{
    readonly List<IDisposable> owned = [];

    public CudaSession Session => session;

    public CudaStream Stream => stream;

    public CudaDevice Device => session.Device;

    public DeviceMemory Memory(long bytes) => Own(new DeviceMemory(session.Context, bytes));

    public PinnedMemory Pinned(long bytes) => Own(new PinnedMemory(session.Context, bytes));

    /// <summary>Memory of the device that was filled from a seed.</summary>
    public CUdeviceptr Filled(long vectors, ulong seed)
    {
        var memory = Memory(vectors * Vector16.Size);
        DeviceFill.Queue(session, stream, memory.Start, vectors, seed);
        return memory.Start;
    }

    public T Own<T>(T made)
        where T : IDisposable
    {
        owned.Add(made);
        return made;
    }

    public void Dispose()
    {
        for (var i = owned.Count - 1; i >= 0; i--) owned[i].Dispose();
        owned.Clear();
    }
}
