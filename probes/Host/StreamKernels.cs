using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuLab.Probes.Host;

/// <summary>
/// The streaming loops, each in the widths and stores among which preparing chooses by measurement. Pointers lie on lines of
/// 64 bytes and counts are multiples of 64 doubles. Optimised at once, because a loop that is replaced while it is timed is two loops.
/// </summary>
static unsafe class StreamKernels
{
    const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    [MethodImpl(Hot)]
    public static double Read256(double* a, nuint n)
    {
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (nuint i = 0; i < n; i += 16)
        {
            s0 += Vector256.LoadAligned(a + i);
            s1 += Vector256.LoadAligned(a + i + 4);
            s2 += Vector256.LoadAligned(a + i + 8);
            s3 += Vector256.LoadAligned(a + i + 12);
        }
        return Vector256.Sum(s0 + s1 + (s2 + s3));
    }

    [MethodImpl(Hot)]
    public static double Read512(double* a, nuint n)
    {
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (nuint i = 0; i < n; i += 32)
        {
            s0 += Vector512.LoadAligned(a + i);
            s1 += Vector512.LoadAligned(a + i + 8);
            s2 += Vector512.LoadAligned(a + i + 16);
            s3 += Vector512.LoadAligned(a + i + 24);
        }
        return Vector512.Sum(s0 + s1 + (s2 + s3));
    }

    [MethodImpl(Hot)]
    public static void Write256(double* c, double value, nuint n)
    {
        var v = Vector256.Create(value);
        for (nuint i = 0; i < n; i += 8)
        {
            v.StoreAligned(c + i);
            v.StoreAligned(c + i + 4);
        }
    }

    [MethodImpl(Hot)]
    public static void Write512(double* c, double value, nuint n)
    {
        var v = Vector512.Create(value);
        for (nuint i = 0; i < n; i += 16)
        {
            v.StoreAligned(c + i);
            v.StoreAligned(c + i + 8);
        }
    }

    [MethodImpl(Hot)]
    public static void Write256Streaming(double* c, double value, nuint n)
    {
        var v = Vector256.Create(value);
        for (nuint i = 0; i < n; i += 8)
        {
            v.StoreAlignedNonTemporal(c + i);
            v.StoreAlignedNonTemporal(c + i + 4);
        }
        Sse.StoreFence();
    }

    [MethodImpl(Hot)]
    public static void Write512Streaming(double* c, double value, nuint n)
    {
        var v = Vector512.Create(value);
        for (nuint i = 0; i < n; i += 16)
        {
            v.StoreAlignedNonTemporal(c + i);
            v.StoreAlignedNonTemporal(c + i + 8);
        }
        Sse.StoreFence();
    }

    [MethodImpl(Hot)]
    public static void Copy256(double* c, double* a, nuint n)
    {
        for (nuint i = 0; i < n; i += 16)
        {
            var (x, y) = (Vector256.LoadAligned(a + i), Vector256.LoadAligned(a + i + 4));
            var (z, w) = (Vector256.LoadAligned(a + i + 8), Vector256.LoadAligned(a + i + 12));
            x.StoreAligned(c + i);
            y.StoreAligned(c + i + 4);
            z.StoreAligned(c + i + 8);
            w.StoreAligned(c + i + 12);
        }
    }

    [MethodImpl(Hot)]
    public static void Copy512(double* c, double* a, nuint n)
    {
        for (nuint i = 0; i < n; i += 32)
        {
            var (x, y) = (Vector512.LoadAligned(a + i), Vector512.LoadAligned(a + i + 8));
            var (z, w) = (Vector512.LoadAligned(a + i + 16), Vector512.LoadAligned(a + i + 24));
            x.StoreAligned(c + i);
            y.StoreAligned(c + i + 8);
            z.StoreAligned(c + i + 16);
            w.StoreAligned(c + i + 24);
        }
    }

    [MethodImpl(Hot)]
    public static void Copy256Streaming(double* c, double* a, nuint n)
    {
        for (nuint i = 0; i < n; i += 8)
        {
            var (x, y) = (Vector256.LoadAligned(a + i), Vector256.LoadAligned(a + i + 4));
            x.StoreAlignedNonTemporal(c + i);
            y.StoreAlignedNonTemporal(c + i + 4);
        }
        Sse.StoreFence();
    }

    [MethodImpl(Hot)]
    public static void Copy512Streaming(double* c, double* a, nuint n)
    {
        for (nuint i = 0; i < n; i += 8) Vector512.LoadAligned(a + i).StoreAlignedNonTemporal(c + i);
        Sse.StoreFence();
    }

    [MethodImpl(Hot)]
    public static void Triad256(double* c, double* a, double* b, double s, nuint n)
    {
        var scale = Vector256.Create(s);
        for (nuint i = 0; i < n; i += 8)
        {
            Vector256.FusedMultiplyAdd(scale, Vector256.LoadAligned(b + i), Vector256.LoadAligned(a + i)).StoreAligned(c + i);
            Vector256.FusedMultiplyAdd(scale, Vector256.LoadAligned(b + i + 4), Vector256.LoadAligned(a + i + 4)).StoreAligned(c + i + 4);
        }
    }

    [MethodImpl(Hot)]
    public static void Triad512(double* c, double* a, double* b, double s, nuint n)
    {
        var scale = Vector512.Create(s);
        for (nuint i = 0; i < n; i += 16)
        {
            Vector512.FusedMultiplyAdd(scale, Vector512.LoadAligned(b + i), Vector512.LoadAligned(a + i)).StoreAligned(c + i);
            Vector512.FusedMultiplyAdd(scale, Vector512.LoadAligned(b + i + 8), Vector512.LoadAligned(a + i + 8)).StoreAligned(c + i + 8);
        }
    }

    [MethodImpl(Hot)]
    public static void Triad256Streaming(double* c, double* a, double* b, double s, nuint n)
    {
        var scale = Vector256.Create(s);
        for (nuint i = 0; i < n; i += 8)
        {
            Vector256.FusedMultiplyAdd(scale, Vector256.LoadAligned(b + i), Vector256.LoadAligned(a + i)).StoreAlignedNonTemporal(c + i);
            Vector256.FusedMultiplyAdd(scale, Vector256.LoadAligned(b + i + 4), Vector256.LoadAligned(a + i + 4)).StoreAlignedNonTemporal(c + i + 4);
        }
        Sse.StoreFence();
    }

    [MethodImpl(Hot)]
    public static void Triad512Streaming(double* c, double* a, double* b, double s, nuint n)
    {
        var scale = Vector512.Create(s);
        for (nuint i = 0; i < n; i += 8)
            Vector512.FusedMultiplyAdd(scale, Vector512.LoadAligned(b + i), Vector512.LoadAligned(a + i)).StoreAlignedNonTemporal(c + i);
        Sse.StoreFence();
    }
}
