using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Cuda;

/// <summary>Runs kernels of one module one after another on the device of a session, for checks.</summary>
sealed unsafe class CudaRunner : IKernelRunner
{
    /// <summary>What new memory holds.</summary>
    const byte PoisonByte = 0xDB;

    readonly CudaSession session;
    readonly CudaModule module;
    readonly CudaStream stream;
    readonly List<CudaHandle> owned = [];

    /// <param name="name">One of <see cref="KernelModules"/>.</param>
    public CudaRunner(CudaSession session, string name)
    {
        this.session = session;
        module = session.Module(name);
        stream = new(session.Context);
    }

    public int Sms => session.Device.Sms;

    public ulong Allocate(long bytes)
    {
        var memory = new DeviceMemory(session.Context, bytes);
        owned.Add(memory);
        memory.Fill(PoisonByte, stream);
        return memory.Start.Address;
    }

    public nint AllocateMapped(long bytes, out ulong device)
    {
        var memory = new PinnedMemory(session.Context, bytes);
        owned.Add(memory);
        device = memory.OnDevice.Address;
        return (nint)memory.Start;
    }

    public void Upload(ulong to, ReadOnlySpan<byte> from)
    {
        fixed (byte* host = from) CudaCall.Check(Cuda.cuMemcpyHtoDAsync_v2(new(to), host, (nuint)from.Length, stream.Raw));
        stream.Synchronize();
    }

    public void Download(ulong from, Span<byte> to)
    {
        fixed (byte* host = to) CudaCall.Check(Cuda.cuMemcpyDtoHAsync_v2(host, new(from), (nuint)to.Length, stream.Raw));
        stream.Synchronize();
    }

    public void Launch(string kernel, KernelShape shape, params ReadOnlySpan<KernelArgument> arguments)
    {
        module[kernel].Launch(stream, (int)shape.Grid, (int)shape.Block, (int)shape.SharedBytes, arguments);
        stream.Synchronize();
    }

    public void Dispose()
    {
        // A context that broke cannot be waited for, and that was said before.
        _ = Cuda.cuStreamSynchronize(stream.Raw);
        foreach (var memory in owned) memory.Dispose();
        stream.Dispose();
    }
}
