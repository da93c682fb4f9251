using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Memory;

/// <summary>
/// A streaming probe when prepared: arrays filled on the device, the kernel checked there and on the host, a grid that fills every
/// multiprocessor chosen by short bursts.
/// </summary>
sealed class GpuStreamProbe : TimedProbe
{
    readonly GpuStreamKernel kind;
    readonly long vectors;
    readonly GpuStreamArrays arrays;
    readonly GpuStreamCheck check;
    readonly CudaKernel kernel;
    readonly double scalar;
    readonly uint pattern;
    GpuGrid grid;

    public GpuStreamProbe(CudaSession session, GpuStreamKernel kind, long vectors, ulong seed)
        : base(session)
    {
        (this.kind, this.vectors) = (kind, vectors);
        (scalar, pattern) = (1 + StreamReference.RandomDouble(seed, 7) / 4, (uint)StreamReference.Random(seed, 11));
        try
        {
            kernel = session.Kernels[kind switch
            {
                GpuStreamKernel.Read => "gl_stream_read",
                GpuStreamKernel.Write => "gl_stream_write",
                GpuStreamKernel.Triad => "gl_stream_triad",
                _ => "gl_stream_copy",
            }];
            var grids = GpuGrid.Candidates(kernel, session.Device);
            arrays = Own(new GpuStreamArrays(session, Stream, kind, vectors, seed, grids.Max(g => g.Blocks)));
            check = Own(new GpuStreamCheck(session, Stream, arrays, kind, vectors, scalar, pattern));
            foreach (var candidate in grids) CheckFirst(candidate);
            grid = Fastest(grids);
            Calibrate();
            arrays.Poison();
            Queue();
            if (check.Wrong(grid) is { } wrong) throw new InvalidOperationException($"{kernel.Name} is wrong: {wrong}");
            arrays.Poison();
            Facts = Chosen();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override Ceiling? Ceiling => kind == GpuStreamKernel.HotCopy ? null : MemoryPeak.Of(Session.Device);

    public override IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal GpuStreamArrays Arrays => arrays;

    protected override double Work => (double)vectors * Vector16.Size * Touched;

    /// <summary>What is to come from memory must not fit the L2.</summary>
    protected override SampleFlags Flags => Streams ? SampleFlags.None : SampleFlags.WrongState;

    /// <summary>Arrays that the kernel touches.</summary>
    int Touched => kind switch
    {
        GpuStreamKernel.Read or GpuStreamKernel.Write => 1,
        GpuStreamKernel.Triad => 3,
        _ => 2,
    };

    bool Streams { get; set; } = true;

    /// <summary>The last launch's output, all of it.</summary>
    public override string? Verify()
    {
        Stream.Synchronize();
        return check.Wrong(grid);
    }

    protected override void Queue()
    {
        var (a, b, c, n) = (arrays.A.Address, arrays.B.Address, arrays.C.Address, (ulong)vectors);
        var (blocks, threads) = (grid.Blocks, grid.Threads);
        switch (kind)
        {
            case GpuStreamKernel.Read: kernel.Launch(Stream, blocks, threads, 0, a, n, c); break;
            case GpuStreamKernel.Write: kernel.Launch(Stream, blocks, threads, 0, c, n, pattern); break;
            case GpuStreamKernel.Triad: kernel.Launch(Stream, blocks, threads, 0, a, b, c, scalar, n); break;
            default: kernel.Launch(Stream, blocks, threads, 0, a, c, n); break;
        }
    }

    void CheckFirst(GpuGrid candidate)
    {
        grid = candidate;
        arrays.Poison();
        Queue();
        if (check.Wrong(grid) is { } wrong) throw new InvalidOperationException($"{kernel.Name} with {candidate} is wrong: {wrong}");
    }

    GpuGrid Fastest(IReadOnlyList<GpuGrid> grids)
    {
        const int Bursts = 3;
        // Another must be this much faster than the first to be kept, so that noise does not choose.
        const double Clearly = 0.98;
        var best = new double[grids.Count];
        Array.Fill(best, double.PositiveInfinity);
        for (var burst = 0; burst < Bursts; burst++)
        {
            for (var i = 0; i < grids.Count; i++)
            {
                grid = grids[i];
                best[i] = Math.Min(best[i], Time());
            }
        }
        var fastest = Array.IndexOf(best, best.Min());
        return best[fastest] < Clearly * best[0] ? grids[fastest] : grids[0];
    }

    Dictionary<string, string> Chosen()
    {
        var facts = TimingFacts();
        facts["array"] = Units.BytesText(vectors * Vector16.Size);
        facts["arrays"] = Touched.ToString(CultureInfo.InvariantCulture);
        facts["kernel"] = $"{kernel.Name}, {grid}";
        facts["L2"] = Pretty.Bytes(Session.Device.Attribute(CUdevice_attribute.L2CacheSize));
        if (kind == GpuStreamKernel.HotCopy)
        {
            facts["caches"] = "hot";
            return facts;
        }
        Streams = Streaming.Is(Session.Device, Work);
        facts["caches"] = Streaming.Text(Streams);
        return facts;
    }
}
