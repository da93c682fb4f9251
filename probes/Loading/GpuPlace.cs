using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Memory of a device. Copies are queued on streams by turns; an event behind each says when its block is free again.</summary>
sealed unsafe class GpuPlace : ILoadPlace
{
    const int Streams = 2, Bursts = 3;

    /// <summary>Bytes of a copy that a ceiling is measured with, at most.</summary>
    const long Burst = 256 << 20;

    readonly CudaContext context;
    readonly CudaStream[] streams = new CudaStream[Streams];
    readonly CudaEvent[] arrived;
    readonly DeviceMemory memory;

    /// <exception cref="ProbeSkippedException">The slice has not so much memory left.</exception>
    public GpuPlace(CudaContext context, long bytes, string what)
    {
        this.context = context;
        arrived = new CudaEvent[Copiers * Depth];
        var (free, total) = context.Memory;
        if (bytes > free) throw new ProbeSkippedException($"{what} take {Pretty.Bytes(bytes)}, and of the {Pretty.Bytes(total)} of memory that the slice has {Pretty.Bytes(free)} are free");
        try
        {
            memory = new(context, bytes);
            for (var i = 0; i < Streams; i++) streams[i] = new(context);
            for (var i = 0; i < arrived.Length; i++) arrived[i] = new(context);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public DeviceMemory Memory => memory;

    /// <summary>On which nothing is queued when no load goes on.</summary>
    public CudaStream Stream => streams[0];

    public int Copiers => 1;

    public int Depth => 8;

    public bool IsDevice => true;

    public string Copying => string.Create(CultureInfo.InvariantCulture, $"by the copy engine, {Depth} at most on {Streams} streams");

    public PinnedMemory Pin(long bytes) => new(bytes, context);

    public void Enter() => context.MakeCurrent();

    public void Start(int slot, byte* from, long to, long length)
    {
        var stream = streams[slot % Streams];
        memory.CopyFrom(from, length, to, stream);
        arrived[slot].Record(stream);
    }

    public void Finish(int slot) => arrived[slot].Synchronize();

    /// <summary>One copy: out of memory that is not pinned, the driver goes by way of blocks of its own.</summary>
    public void CopyAll(byte* from)
    {
        Start(0, from, 0, memory.Bytes);
        Finish(0);
    }

    public Ceiling Fastest()
    {
        var bytes = Math.Min(Burst, memory.Bytes);
        using var pinned = Pin(bytes);
        new Span<byte>(pinned.Start, (int)bytes).Fill(0xDB);
        var fastest = double.PositiveInfinity;
        using CudaEvent start = new(context), end = new(context);
        for (var burst = 0; burst < Bursts; burst++)
        {
            start.Record(Stream);
            memory.CopyFrom(pinned.Start, bytes, 0, Stream);
            end.Record(Stream);
            end.Synchronize();
            fastest = Math.Min(fastest, end.Since(start));
        }
        return new(bytes * 1e9 / Math.Max(1, fastest), $"measured: fastest of {Bursts} single copies of {Units.BytesText(bytes)} from pinned memory");
    }

    public void Dispose()
    {
        // A context that broke cannot be waited for, and that was said before.
        foreach (var stream in streams) _ = stream is null ? default : Cuda.Cuda.cuStreamSynchronize(stream.Raw);
        foreach (var made in arrived) made?.Dispose();
        foreach (var stream in streams) stream?.Dispose();
        memory?.Dispose();
    }
}
