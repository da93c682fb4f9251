using GpuLab.Running;
using GpuLab.Control.Host;
using GpuLab.Model;
using GpuLab.Probes.Host;

namespace GpuLab.Benchmarks;

/// <summary>
/// The host probes' loops against C, on one thread and the same arrays. Every pair times both sides in turn, the order alternating.
/// Each side is first given its own best variant for the size, as the probes choose theirs; the ratio is ours ÷ peer, of rates.
/// </summary>
static unsafe class HostPeerComparison
{
    const double Region = 5e-3;
    static readonly long[] Sizes = [16 << 10, 512 << 10, 8 << 20, 256 << 20];

    public static void Run(string library, int pairs)
    {
        HostPeers.LoadFrom(library);
        using var pin = new PinnedThread(Affinity.Current()[^1]);
        using var block = HostMemory.Rent(3 * Sizes[^1], [Affinity.Current()[^1]], "comparison");
        Console.WriteLine($"{"loop",-7}{"array",9}{"ours",14}{"peer",14}  ratio   95 % of {pairs} pairs   ours by, peer by");
        foreach (var bytes in Sizes)
        {
            var n = (nuint)bytes / sizeof(double);
            double* a = (double*)block.Start, b = a + n, c = b + n;
            for (long page = 0; page < bytes / 4096; page++)
            {
                StreamData.Fill(a + page * StreamWork.Page, 1, page);
                StreamData.Fill(b + page * StreamWork.Page, 2, page);
                new Span<double>(c + page * StreamWork.Page, StreamWork.Page).Fill(StreamData.Poison);
            }
            Streams("read", bytes, pairs, Ours(StreamKernel.Read, a, b, c, n),
                [new("C loop", times => { for (var i = 0; i < times; i++) HostPeers.peer_read(a, n); }), new("C AVX", times => { for (var i = 0; i < times; i++) HostPeers.peer_read_avx(a, n); })]);
            Streams("write", bytes, pairs, Ours(StreamKernel.Write, a, b, c, n),
                [new("C loop", times => { for (var i = 0; i < times; i++) HostPeers.peer_write(c, 3, n); }), new("C streaming", times => { for (var i = 0; i < times; i++) HostPeers.peer_write_past(c, 3, n); })]);
            Streams("copy", bytes, pairs, Ours(StreamKernel.Copy, a, b, c, n),
                [new("C loop", times => { for (var i = 0; i < times; i++) HostPeers.peer_copy(c, a, n); }), new("C streaming", times => { for (var i = 0; i < times; i++) HostPeers.peer_copy_past(c, a, n); })]);
            Streams("triad", bytes, pairs, Ours(StreamKernel.Triad, a, b, c, n),
                [new("C loop", times => { for (var i = 0; i < times; i++) HostPeers.peer_triad(c, a, b, 3, n); }), new("C streaming", times => { for (var i = 0; i < times; i++) HostPeers.peer_triad_past(c, a, b, 3, n); })]);
            Chase(block.Start, bytes, pairs);
        }
    }

    /// <param name="Passes">Goes over the arrays that many times.</param>
    sealed record Side(string Name, Action<int> Passes);

    static Side[] Ours(StreamKernel kernel, double* a, double* b, double* c, nuint n)
    {
        var pages = (long)n / StreamWork.Page;
        return [.. StreamVariants.For(kernel).Select(variant =>
        {
            var work = new StreamWork(kernel, 1, pages) { A = a, B = b, C = c, Scalar = 3, Variant = variant };
            return new Side(variant.Text(kernel), times =>
            {
                work.Passes = times;
                work.Run(0);
            });
        })];
    }

    static void Streams(string name, long bytes, int pairs, Side[] ours, Side[] peers)
    {
        var counted = bytes * name switch { "copy" => 2, "triad" => 3, _ => 1 };
        var (our, peer) = (Best(ours), Best(peers));
        var times = Math.Max(1, (int)(Region / Warm(our)));
        Show(name, bytes, "B/s", pairs, our.Name, peer.Name, () => counted * times / Time(() => our.Passes(times)), () => counted * times / Time(() => peer.Passes(times)));
    }

    static void Chase(byte* start, long bytes, int pairs)
    {
        var lines = (int)(bytes / ChaseCycle.Line);
        ChaseCycle.Build(start, lines, 1);
        void** at = (void**)start;
        // Both sides go on from where the other stopped: the same cycle, never the same lines again soon.
        const long Steps = 1 << 17;
        for (var warm = 0L; warm < Math.Min(lines, 1 << 20); warm += 32) at = ChaseCycle.Walk(at, 32);
        Show("chase", bytes, "s", pairs, "C#", "C",
            () => Time(() => at = ChaseCycle.Walk(at, Steps)) / Steps, () => Time(() => at = HostPeers.peer_chase(at, (nuint)Steps)) / Steps);
    }

    static Side Best(Side[] sides) => sides.MinBy(side =>
    {
        var times = Math.Max(1, (int)(Region / 4 / Warm(side)));
        return Enumerable.Range(0, 5).Min(_ => Time(() => side.Passes(times))) / times;
    })!;

    /// <summary>Seconds of one pass, the second of two.</summary>
    static double Warm(Side side)
    {
        side.Passes(1);
        return Time(() => side.Passes(1));
    }

    static double Time(Action run)
    {
        var start = Monotonic.Now;
        run();
        return (Monotonic.Now - start) * 1e-9;
    }

    static void Show(string name, long bytes, string unit, int pairs, string ourName, string peerName, Func<double> ours, Func<double> peer) =>
        Console.WriteLine($"{name,-7}{Units.BytesText(bytes),9}{Pairs.Compare(unit, pairs, ours, peer)}   {ourName}, {peerName}");
}
