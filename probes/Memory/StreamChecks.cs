using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Memory;

/// <summary>The kernels of memory bandwidth against plain loops.</summary>
static class StreamChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        new("stream.read", ["gl_stream_read"], Read),
        new("stream.stride", ["gl_stream_stride"], Stride),
        new("stream.write", ["gl_stream_write", "gl_check_pattern"], Write),
        new("stream.copy", ["gl_stream_copy"], Copy),
        new("stream.triad", ["gl_stream_triad", "gl_check_triad"], Triad),
    ];

    /// <summary>Shapes with vectors of 16 bytes: full trips with and without a rest, rests alone, less than one vector a thread.</summary>
    static readonly (KernelShape Shape, int Count)[] cases = [(new(3, 64), 3 * 64 * 8 * 2), (new(5, 96), 9001), (new(2, 256), 777), (new(4, 32), 65)];

    static string? Read(IKernelRunner on, ulong seed)
    {
        foreach (var (shape, count) in cases)
        {
            var words = FillChecks.Words(seed, count);
            var sums = on.Allocate(4 * shape.Grid);
            on.Launch("gl_stream_read", shape, on.Allocate<uint>(words), (ulong)count, sums);
            if (Differences.First("gl_stream_read", Xor(words, shape, count, 1), on.Download<uint>(sums, shape.Grid)) is { } wrong) return wrong;
        }
        return null;
    }

    static string? Stride(IKernelRunner on, ulong seed)
    {
        foreach (var (shape, rows) in cases)
        {
            const int stride = 5;
            var words = FillChecks.Words(seed, rows * stride);
            var sums = on.Allocate(4 * shape.Grid);
            on.Launch("gl_stream_stride", shape, on.Allocate<uint>(words), (ulong)(rows * stride), (ulong)stride, sums);
            if (Differences.First("gl_stream_stride", Xor(words, shape, rows * stride, stride), on.Download<uint>(sums, shape.Grid)) is { } wrong) return wrong;
        }
        return null;
    }

    static string? Write(IKernelRunner on, ulong seed)
    {
        foreach (var (shape, count) in cases)
        {
            var array = on.Allocate(16 * count);
            on.Launch("gl_stream_write", shape, array, (ulong)count, (uint)seed);
            var wrong = Differences.First("gl_stream_write", Pattern((uint)seed, count), on.Download<uint>(array, 4 * count))
                ?? FillChecks.FindsPlanted(on, array, count - 1, "gl_check_pattern", array, (ulong)count, (uint)seed);
            if (wrong is not null) return wrong;
        }
        return null;
    }

    static string? Copy(IKernelRunner on, ulong seed)
    {
        foreach (var (shape, count) in cases)
        {
            var words = FillChecks.Words(seed, count);
            var target = on.Allocate(16 * count);
            on.Launch("gl_stream_copy", shape, on.Allocate<uint>(words), target, (ulong)count);
            if (Differences.First("gl_stream_copy", words, on.Download<uint>(target, 4 * count)) is { } wrong) return wrong;
        }
        return null;
    }

    static string? Triad(IKernelRunner on, ulong seed)
    {
        const double scalar = 0.4;
        foreach (var (shape, count) in cases)
        {
            var (b, c) = (FillChecks.Doubles(seed, count), FillChecks.Doubles(seed + 1, count));
            var target = on.Allocate(16 * count);
            on.Launch("gl_stream_triad", shape, on.Allocate<double>(b), on.Allocate<double>(c), target, scalar, (ulong)count);
            var expected = b.Zip(c, (x, y) => Math.FusedMultiplyAdd(scalar, y, x)).ToArray();
            var wrong = Differences.First("gl_stream_triad", expected, on.Download<double>(target, 2 * count))
                ?? FillChecks.FindsPlanted(on, target, count / 2, "gl_check_triad", target, (ulong)count, seed, seed + 1, scalar);
            if (wrong is not null) return wrong;
        }
        return null;
    }

    /// <summary>Exclusive or of what each block reads where thread t of all T reads vectors t, t + T, t + 2T … of each column.</summary>
    static uint[] Xor(uint[] words, KernelShape shape, int count, int stride)
    {
        var sums = new uint[shape.Grid];
        var threads = shape.Grid * shape.Block;
        for (var vector = 0; vector < count; vector++)
        {
            var block = vector / stride % threads / shape.Block;
            for (var word = 0; word < 4; word++) sums[block] ^= words[4 * vector + word];
        }
        return sums;
    }

    static uint[] Pattern(uint seed, int count)
    {
        var words = new uint[4 * count];
        for (var i = 0; i < count; i++)
        {
            var x = unchecked((uint)i * 0x9E3779B1 + seed);
            (words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]) = (x, x ^ 0x85EBCA6B, ~x, x);
        }
        return words;
    }
}
