using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Loading;

/// <summary>The kernels that look at loaded weights, against plain loops.</summary>
static class WeightChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } = [new("weights.marks", ["gl_marks_spoil", "gl_marks_count"], Marks), new("weights.sum", ["gl_weights_sum"], Sum)];

    static string? Marks(IKernelRunner on, ulong seed)
    {
        const int count = 333, stretch = 41;
        var random = new SplitMix(seed);
        var bytes = new byte[count * stretch];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)random.Next();
        var at = Enumerable.Range(0, count).Select(i => (ulong)(i * stretch + random.Below(stretch))).ToArray();
        var right = at.Select(p => bytes[p]).ToArray();
        var (memory, places, marks) = (on.Allocate<byte>(bytes), on.Allocate<ulong>(at), on.Allocate<byte>(right));
        if (Wrong(on, memory, places, marks, count) is var none && none != 0) return string.Create(CultureInfo.InvariantCulture, $"{none} marks are wrong where none is");
        on.Launch("gl_marks_spoil", new(3, 64), memory, places, marks, (uint)count);
        foreach (var place in at) bytes[place] = (byte)~bytes[place];
        if (Differences.First("gl_marks_spoil", bytes, on.Download<byte>(memory, bytes.Length)) is { } wrong) return wrong;
        on.Upload(memory + at[7], right.AsSpan(7, 1));
        return Wrong(on, memory, places, marks, count) is var all && all == count - 1 ? null : string.Create(CultureInfo.InvariantCulture, $"{all} marks are wrong where {count - 1} are");
    }

    static uint Wrong(IKernelRunner on, ulong memory, ulong places, ulong marks, int count)
    {
        var found = on.Allocate<uint>([0]);
        on.Launch("gl_marks_count", new(5, 32), memory, places, marks, (uint)count, found);
        return on.Download<uint>(found, 1)[0];
    }

    static string? Sum(IKernelRunner on, ulong seed)
    {
        foreach (var (shape, count) in ((KernelShape, int)[])[(new(3, 64), 3 * 64 * 8 * 2), (new(5, 96), 9001), (new(4, 32), 3)])
        {
            var random = new SplitMix(seed);
            var words = new ulong[2 * count];
            for (var i = 0; i < words.Length; i++) words[i] = random.Next();
            var sums = on.Allocate(8 * shape.Grid);
            on.Launch("gl_weights_sum", shape, on.Allocate<ulong>(words), (ulong)count, sums);
            ulong expected = 0, found = 0;
            for (var i = 0; i < words.Length; i++) expected += words[i] * (2 * (ulong)i + 1);
            foreach (var part in on.Download<ulong>(sums, shape.Grid)) found += part;
            if (found != expected) return string.Create(CultureInfo.InvariantCulture, $"gl_weights_sum of {count} vectors is {found:x} instead of {expected:x}");
        }
        return null;
    }
}
