using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Memory;

/// <summary>The arrays of a streaming probe on the device, filled there from a seed.</summary>
sealed class GpuStreamArrays : IDisposable
{
    /// <summary>What a destination holds before the kernel runs.</summary>
    const byte PoisonByte = 0xDB;

    readonly CudaStream stream;
    readonly DeviceMemory? a, b;
    readonly DeviceMemory c;

    /// <param name="blocks">Most blocks of a launch: a reading kernel leaves one word for each.</param>
    public GpuStreamArrays(CudaSession session, CudaStream stream, GpuStreamKernel kind, long vectors, ulong seed, int blocks)
    {
        (this.stream, Seed, Vectors) = (stream, seed, vectors);
        var bytes = vectors * Vector16.Size;
        try
        {
            a = kind == GpuStreamKernel.Write ? null : new(session.Context, bytes);
            b = kind == GpuStreamKernel.Triad ? new(session.Context, bytes) : null;
            c = new(session.Context, kind == GpuStreamKernel.Read ? blocks * sizeof(uint) : bytes);
            var fill = kind == GpuStreamKernel.Triad ? "gl_fill_double" : "gl_fill";
            if (a is not null) DeviceFill.Queue(session, stream, a.Start, vectors, seed, fill);
            if (b is not null) DeviceFill.Queue(session, stream, b.Start, vectors, ~seed, fill);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ulong Seed { get; }

    public long Vectors { get; }

    /// <summary>What is read, what is read beside it, what is written.</summary>
    public CUdeviceptr A => a?.Start ?? default;

    public CUdeviceptr B => b?.Start ?? default;

    public CUdeviceptr C => c.Start;

    public DeviceMemory Written => c;

    /// <summary>Writes over the destination, so that what was there before cannot pass for a result.</summary>
    public void Poison() => c.Fill(PoisonByte, stream);

    public void Dispose()
    {
        c?.Dispose();
        b?.Dispose();
        a?.Dispose();
    }
}
