using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuLab.Probes.Host;

/// <summary>One fused multiply-add x·x + c on a register of some width and precision.</summary>
interface IFma<TVector>
{
    static abstract TVector Step(TVector x, TVector c);
}

readonly struct Fma256Double : IFma<Vector256<double>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Step(Vector256<double> x, Vector256<double> c) => Vector256.FusedMultiplyAdd(x, x, c);
}

readonly struct Fma256Single : IFma<Vector256<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Step(Vector256<float> x, Vector256<float> c) => Vector256.FusedMultiplyAdd(x, x, c);
}

readonly struct Fma512Double : IFma<Vector512<double>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Step(Vector512<double> x, Vector512<double> c) => Avx512F.FusedMultiplyAdd(x, x, c);
}

readonly struct Fma512Single : IFma<Vector512<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Step(Vector512<float> x, Vector512<float> c) => Avx512F.FusedMultiplyAdd(x, x, c);
}

/// <summary>
/// Independent chains of x ← x·x + c held in registers. The map is chaotic for c = −1.9: each step of each lane decides the result,
/// so none can be left out unnoticed, and its values stay within ±1.9 without ever becoming denormal.
/// </summary>
static unsafe class FmaLoops
{
    const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Runs 8 chains from the vectors at <paramref name="x"/> and stores them back.</summary>
    [MethodImpl(Hot)]
    public static void Chains8<TFma, TVector>(TVector* x, TVector c, long steps) where TFma : struct, IFma<TVector> where TVector : unmanaged
    {
        TVector a = x[0], b = x[1], d = x[2], e = x[3], f = x[4], g = x[5], h = x[6], i = x[7];
        for (; steps > 0; steps--)
        {
            a = TFma.Step(a, c);
            b = TFma.Step(b, c);
            d = TFma.Step(d, c);
            e = TFma.Step(e, c);
            f = TFma.Step(f, c);
            g = TFma.Step(g, c);
            h = TFma.Step(h, c);
            i = TFma.Step(i, c);
        }
        (x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]) = (a, b, d, e, f, g, h, i);
    }

    /// <summary>Runs 12 chains, for processors whose two units need more than eight to be kept busy.</summary>
    [MethodImpl(Hot)]
    public static void Chains12<TFma, TVector>(TVector* x, TVector c, long steps) where TFma : struct, IFma<TVector> where TVector : unmanaged
    {
        TVector a = x[0], b = x[1], d = x[2], e = x[3], f = x[4], g = x[5], h = x[6], i = x[7], j = x[8], k = x[9], l = x[10], m = x[11];
        for (; steps > 0; steps--)
        {
            a = TFma.Step(a, c);
            b = TFma.Step(b, c);
            d = TFma.Step(d, c);
            e = TFma.Step(e, c);
            f = TFma.Step(f, c);
            g = TFma.Step(g, c);
            h = TFma.Step(h, c);
            i = TFma.Step(i, c);
            j = TFma.Step(j, c);
            k = TFma.Step(k, c);
            l = TFma.Step(l, c);
            m = TFma.Step(m, c);
        }
        (x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8], x[9], x[10], x[11]) = (a, b, d, e, f, g, h, i, j, k, l, m);
    }
}
