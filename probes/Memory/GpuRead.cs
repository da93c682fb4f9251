using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Memory;

/// <summary>Reads of a given shape on a GPU: apart from each other, or by some of its SMs.</summary>
sealed class GpuRead(ProbeInfo info) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request)
    {
        var session = CudaSession.Current;
        var parameters = request.Parameters;
        var stride = parameters.Number("stride", Vector16.Size);
        if (stride % Vector16.Size != 0) throw new ProbeSkippedException($"a stride of {Units.BytesText(stride)} is no multiple of {Vector16.Size} bytes");
        var shape = info == MemoryInfo.Stride ? new GpuReadShape((long)(stride / Vector16.Size), null, 0)
            : new(1, (int)parameters.Number("sms", session.Device.Sms), (int)parameters.Number("warps", info.Parameters[2].Default!.Value.Number));
        return new GpuReadProbe(session, (long)parameters.Number("bytes", info.Parameters[0].Default!.Value.Number), shape, request.Seed);
    }
}

/// <summary>How an array is read.</summary>
/// <param name="Stride">In vectors: 1 leaves no gap between neighbouring threads.</param>
/// <param name="Sms">How many work, each with one block; null for as many blocks as fit on all of them.</param>
/// <param name="Warps">Of a block, where SMs are counted.</param>
readonly record struct GpuReadShape(long Stride, int? Sms, int Warps);

/// <summary>Such reads when prepared. Whatever the shape, every vector is read once, so that all that was read folds to the same number.</summary>
sealed class GpuReadProbe : TimedProbe
{
    readonly GpuStreamArrays arrays;
    readonly GpuStreamCheck check;
    readonly CudaKernel kernel;
    readonly GpuReadShape shape;
    readonly GpuGrid grid;
    readonly long vectors;
    readonly int shared;
    readonly bool streams;

    public GpuReadProbe(CudaSession session, long bytes, GpuReadShape shape, ulong seed)
        : base(session)
    {
        this.shape = shape;
        vectors = Math.Max(1, bytes / Vector16.Size / shape.Stride) * shape.Stride;
        try
        {
            kernel = session.Kernels[shape.Stride > 1 ? "gl_stream_stride" : "gl_stream_read"];
            (grid, shared) = shape.Sms is { } sms ? Some(sms) : (GpuGrid.Candidates(kernel, session.Device)[0], 0);
            streams = Streaming.Is(session.Device, Work);
            arrays = Own(new GpuStreamArrays(session, Stream, GpuStreamKernel.Read, vectors, seed, grid.Blocks));
            check = Own(new GpuStreamCheck(session, Stream, arrays, GpuStreamKernel.Read, vectors, 0, 0));
            arrays.Poison();
            Queue();
            if (Verify() is { } wrong) throw new InvalidOperationException($"{kernel.Name} is wrong: {wrong}");
            arrays.Poison();
            Calibrate();
            Facts = Chosen();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override Ceiling? Ceiling => MemoryPeak.Of(Session.Device);

    public override IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal GpuStreamArrays Arrays => arrays;

    protected override double Work => (double)vectors * Vector16.Size;

    protected override SampleFlags Flags => streams ? SampleFlags.None : SampleFlags.WrongState;

    public override string? Verify()
    {
        Stream.Synchronize();
        return check.Wrong(grid);
    }

    protected override void Queue()
    {
        var (a, sums, n) = (arrays.A.Address, arrays.C.Address, (ulong)vectors);
        if (shape.Stride > 1) kernel.Launch(Stream, grid.Blocks, grid.Threads, shared, a, n, (ulong)shape.Stride, sums);
        else kernel.Launch(Stream, grid.Blocks, grid.Threads, shared, a, n, sums);
    }

    /// <summary>A block for each SM that is to work, with so much shared memory that two do not fit on one.</summary>
    (GpuGrid Grid, int Shared) Some(int sms)
    {
        var (all, threads) = (Session.Device.Sms, 32 * shape.Warps);
        if (sms > all) throw new ProbeSkippedException($"{sms} SMs are asked for, and this slice has {all}");
        if (threads > kernel.MaxThreads) throw new ProbeSkippedException($"{kernel.Name} runs with {kernel.MaxThreads} threads a block at most, and {threads} are asked for");
        var fills = Session.Device.Attribute(CUdevice_attribute.MaxSharedMemoryPerBlockOptin) - kernel.SharedBytes;
        kernel.AllowShared(fills);
        if (kernel.BlocksPerSm(threads, fills) is not 1 and var blocks) throw new ProbeSkippedException($"{blocks} blocks with {fills} bytes of shared memory fit on an SM, where one is needed to count SMs");
        return (new(sms, threads), fills);
    }

    Dictionary<string, string> Chosen()
    {
        var facts = TimingFacts();
        facts["array"] = Units.BytesText(Work);
        facts["kernel"] = $"{kernel.Name}, {grid}";
        facts["caches"] = Streaming.Text(streams);
        if (shape.Sms is not { } sms) return facts;
        facts["SMs"] = string.Create(CultureInfo.InvariantCulture, $"{sms} of {Session.Device.Sms}, a block that fills it on each");
        facts["in flight"] = Units.BytesText((double)sms * shape.Warps * MemoryInfo.WarpInFlight);
        return facts;
    }
}
