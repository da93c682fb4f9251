using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Results;
using GpuLab.Running;

namespace GpuLab.Probes.Trace;

/// <summary>Equal blocks, one at a time on each SM, each noting where and when it ran.</summary>
sealed class GpuTrace(ProbeInfo info) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request) => new GpuTraceProbe(CudaSession.Current, (int)request.Parameters.Number("waves", info.Parameters[0].Default!.Value.Number), request.Seed, request.Keep);
}

/// <summary>The trace when prepared. So much shared memory is asked for that one block fills an SM.</summary>
sealed unsafe class GpuTraceProbe : TimedProbe
{
    const int Threads = 256;

    /// <summary>Nanoseconds of a block: many steps of the slowest timer.</summary>
    const double Target = 200_000;

    /// <summary>Traces that are queued at most, and one more.</summary>
    const int Slots = 4;

    readonly CudaKernel kernel;
    readonly DeviceMemory records;
    readonly PinnedMemory host;
    readonly TraceSummary summary;
    readonly ulong seed;
    readonly string keep;
    readonly int blocks, shared;
    uint rounds;
    long queued, collected;
    string? wrong;

    /// <param name="keep">Folder for the blocks of the last launch; empty to keep none.</param>
    public GpuTraceProbe(CudaSession session, int waves, ulong seed, string keep = "")
        : base(session)
    {
        (this.seed, this.keep) = (seed, keep);
        try
        {
            kernel = session.Kernels["gl_trace_blocks"];
            // What a block must have at least, so that two do not fit; what the kernel declares itself and the driver keeps is a part of it.
            shared = session.Device.Attribute(CUdevice_attribute.MaxSharedMemoryPerBlockOptin) - kernel.SharedBytes;
            kernel.AllowShared(shared);
            blocks = waves * session.Device.Sms;
            records = Own(new DeviceMemory(session.Context, (long)blocks * sizeof(BlockRecord)));
            host = Own(new PinnedMemory(session.Context, Slots * records.Bytes));
            summary = new(blocks);
            rounds = 16;
            for (var time = 0.0; time < Target / 2; rounds *= 2)
            {
                time = Longest();
                if (time >= Target / 2 || rounds >= 1u << 24) break;
            }
            if (Check() is { } error) throw new InvalidOperationException($"{kernel.Name} is wrong: {error}");
            records.Fill(0xDB, Stream);
            var facts = TimingFacts();
            facts["kernel"] = string.Create(CultureInfo.InvariantCulture, $"{kernel.Name}, {blocks} blocks of {Threads} threads with {shared} bytes of shared memory, {rounds} steps");
            facts["SMs"] = SmList.Text(summary.Numbers);
            Facts = facts;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override IReadOnlyDictionary<string, string> Facts { get; }

    protected override double Work => blocks;

    public override string? Verify()
    {
        if (keep.Length > 0 && collected > 0 && wrong is null) Leave();
        return wrong ?? Check();
    }

    protected override void Queue()
    {
        kernel.Launch(Stream, blocks, Threads, shared, records.Start.Address, seed, rounds);
        records.CopyTo(At(queued++ % Slots), records.Bytes, 0, Stream);
    }

    protected override void Add(ref SampleSink sink, long start, double nanoseconds)
    {
        if (!summary.Read(new(At(collected++ % Slots), blocks))) wrong ??= "a block says that it ended before it started";
        var end = start + (long)nanoseconds;
        sink.Add(0, start, end, blocks, summary.Slowest);
        sink.Add(1, start, end, blocks, summary.Imbalance);
        sink.Add(2, start, end, blocks, summary.Tail);
        sink.Add(3, start, end, blocks, summary.Sms);
    }

    void Leave()
    {
        Directory.CreateDirectory(keep);
        var last = new ReadOnlySpan<BlockRecord>(At((collected - 1) % Slots), blocks);
        var times = new BlockTime[blocks];
        for (var i = 0; i < blocks; i++) times[i] = new((int)last[i].Sm, (long)last[i].Start, (long)last[i].End);
        BlockTrace.Write(Path.Combine(keep, BlockTrace.FileName), times);
    }

    BlockRecord* At(long slot) => (BlockRecord*)host.Start + slot * blocks;

    /// <summary>Nanoseconds of the longest block of one launch.</summary>
    double Longest()
    {
        Run();
        var longest = 0ul;
        foreach (ref readonly var block in new ReadOnlySpan<BlockRecord>(At(0), blocks)) longest = Math.Max(longest, block.End - block.Start);
        return longest;
    }

    /// <summary>The first block, the last and one of all others did their work.</summary>
    string? Check()
    {
        Run();
        if (!summary.Read(new(At(0), blocks))) return "a block says that it ended before it started";
        foreach (var block in (int[])[0, blocks - 1, (int)(seed % (ulong)blocks)])
        {
            if (At(0)[block].Work != TraceChecks.Work(seed, (long)block * Threads, Threads, rounds)) return string.Create(CultureInfo.InvariantCulture, $"block {block} computed something else: {At(0)[block]}");
        }
        return null;
    }

    void Run()
    {
        records.Fill(0xDB, Stream);
        kernel.Launch(Stream, blocks, Threads, shared, records.Start.Address, seed, rounds);
        records.CopyTo(At(0), records.Bytes, 0, Stream);
        Stream.Synchronize();
    }
}
