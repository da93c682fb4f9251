using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuLab.Probes.Host;

/// <summary>One way of keeping the multiply-add units busy.</summary>
/// <param name="Bits">Width of a register.</param>
/// <param name="Chains">Independent registers.</param>
sealed record FmaVariant(bool Double, int Bits, int Chains)
{
    public const double Constant = -1.9;

    /// <summary>Room for the chains of the widest variant.</summary>
    public const int StateBytes = 12 * 64;

    public static IReadOnlyList<FmaVariant> Fp64 { get; } = For(true);

    public static IReadOnlyList<FmaVariant> Fp32 { get; } = For(false);

    public int Lanes => Bits / (Double ? 64 : 32) * Chains;

    /// <summary>Floating-point operations of one step of all chains.</summary>
    public double FlopPerStep => 2.0 * Lanes;

    /// <summary>Runs from the state at <paramref name="x"/> and leaves the result there.</summary>
    public unsafe void Run(byte* x, long steps)
    {
        switch (Double, Bits, Chains)
        {
            case (true, 256, 8): FmaLoops.Chains8<Fma256Double, Vector256<double>>((Vector256<double>*)x, Vector256.Create(Constant), steps); break;
            case (true, 256, _): FmaLoops.Chains12<Fma256Double, Vector256<double>>((Vector256<double>*)x, Vector256.Create(Constant), steps); break;
            case (true, _, 8): FmaLoops.Chains8<Fma512Double, Vector512<double>>((Vector512<double>*)x, Vector512.Create(Constant), steps); break;
            case (true, _, _): FmaLoops.Chains12<Fma512Double, Vector512<double>>((Vector512<double>*)x, Vector512.Create(Constant), steps); break;
            case (false, 256, 8): FmaLoops.Chains8<Fma256Single, Vector256<float>>((Vector256<float>*)x, Vector256.Create((float)Constant), steps); break;
            case (false, 256, _): FmaLoops.Chains12<Fma256Single, Vector256<float>>((Vector256<float>*)x, Vector256.Create((float)Constant), steps); break;
            case (false, _, 8): FmaLoops.Chains8<Fma512Single, Vector512<float>>((Vector512<float>*)x, Vector512.Create((float)Constant), steps); break;
            default: FmaLoops.Chains12<Fma512Single, Vector512<float>>((Vector512<float>*)x, Vector512.Create((float)Constant), steps); break;
        }
    }

    /// <summary>Where a lane starts; all differ.</summary>
    public static double Begin(int lane, ulong seed) => (float)(0.1 + 0.5 * ((((ulong)lane + 1) * 0x9E3779B97F4A7C15 ^ seed * 0xD1342543DE82EF95) >> 40) / (1 << 24));

    public unsafe void Start(byte* x, ulong seed)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            if (Double) ((double*)x)[lane] = Begin(lane, seed);
            else ((float*)x)[lane] = (float)Begin(lane, seed);
        }
    }

    /// <summary>The reference: the same map, one lane in scalar arithmetic, rounding for rounding the same.</summary>
    public double Reference(int lane, ulong seed, long steps)
    {
        if (Double)
        {
            var x = Begin(lane, seed);
            for (; steps > 0; steps--) x = Math.FusedMultiplyAdd(x, x, Constant);
            return x;
        }
        var y = (float)Begin(lane, seed);
        for (; steps > 0; steps--) y = MathF.FusedMultiplyAdd(y, y, (float)Constant);
        return y;
    }

    public unsafe double Result(byte* x, int lane) => Double ? ((double*)x)[lane] : ((float*)x)[lane];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Chains} chains of {Bits} bits");

    static FmaVariant[] For(bool wide)
    {
        if (!Fma.IsSupported) return [];
        FmaVariant[] narrow = [new(wide, 256, 12), new(wide, 256, 8)];
        return Avx512F.IsSupported ? [.. narrow, new(wide, 512, 12), new(wide, 512, 8)] : narrow;
    }
}
