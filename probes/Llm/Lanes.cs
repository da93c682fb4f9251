using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuLab.Probes.Llm;

/// <summary>A register of single-precision numbers, and how packed weights are widened to two of them.</summary>
unsafe interface ILanes<TVector> where TVector : unmanaged
{
    /// <summary>Numbers in a register.</summary>
    static abstract int Count { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* at);

    static abstract void Store(TVector value, float* at);

    static abstract TVector Spread(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    static abstract TVector Larger(TVector a, TVector b);

    /// <summary>a·b + c</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Exp(TVector a);

    static abstract float Sum(TVector a);

    static abstract float Largest(TVector a);

    /// <summary>Words of 32 bits: the lower bf16 of each to one register, the upper to the other.</summary>
    static abstract void Bf16(byte* at, out TVector low, out TVector high);

    /// <summary>Signed bytes: the first half of them to one register, the second to the other.</summary>
    static abstract void Int8(byte* at, out TVector low, out TVector high);

    /// <summary>Bytes of two numbers, each stored as itself plus 8: the lower nibbles to one register, the upper to the other.</summary>
    static abstract void Int4(byte* at, out TVector low, out TVector high);
}

readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Count => 8;

    public static Vector256<float> Zero => default;

    [MethodImpl(Inline)]
    public static Vector256<float> Load(float* at) => Vector256.Load(at);

    [MethodImpl(Inline)]
    public static void Store(Vector256<float> value, float* at) => value.Store(at);

    [MethodImpl(Inline)]
    public static Vector256<float> Spread(float value) => Vector256.Create(value);

    [MethodImpl(Inline)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(Inline)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector256<float> Larger(Vector256<float> a, Vector256<float> b) => Vector256.Max(a, b);

    [MethodImpl(Inline)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);

    [MethodImpl(Inline)]
    public static Vector256<float> Exp(Vector256<float> a) => Vector256.Exp(a);

    [MethodImpl(Inline)]
    public static float Sum(Vector256<float> a) => Vector256.Sum(a);

    [MethodImpl(Inline)]
    public static float Largest(Vector256<float> a)
    {
        var four = Vector128.Max(a.GetLower(), a.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }

    [MethodImpl(Inline)]
    public static void Bf16(byte* at, out Vector256<float> low, out Vector256<float> high)
    {
        var words = Vector256.Load((uint*)at);
        low = (words << 16).AsSingle();
        high = (words & Vector256.Create(0xFFFF0000)).AsSingle();
    }

    [MethodImpl(Inline)]
    public static void Int8(byte* at, out Vector256<float> low, out Vector256<float> high)
    {
        low = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32((sbyte*)at));
        high = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32((sbyte*)at + 8));
    }

    [MethodImpl(Inline)]
    public static void Int4(byte* at, out Vector256<float> low, out Vector256<float> high)
    {
        var both = Avx2.ConvertToVector256Int32(at);
        low = Vector256.ConvertToSingle((both & Vector256.Create(15)) - Vector256.Create(8));
        high = Vector256.ConvertToSingle((both >>> 4) - Vector256.Create(8));
    }
}

readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Count => 16;

    public static Vector512<float> Zero => default;

    [MethodImpl(Inline)]
    public static Vector512<float> Load(float* at) => Vector512.Load(at);

    [MethodImpl(Inline)]
    public static void Store(Vector512<float> value, float* at) => value.Store(at);

    [MethodImpl(Inline)]
    public static Vector512<float> Spread(float value) => Vector512.Create(value);

    [MethodImpl(Inline)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(Inline)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector512<float> Larger(Vector512<float> a, Vector512<float> b) => Vector512.Max(a, b);

    [MethodImpl(Inline)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Avx512F.FusedMultiplyAdd(a, b, c);

    [MethodImpl(Inline)]
    public static Vector512<float> Exp(Vector512<float> a) => Vector512.Exp(a);

    [MethodImpl(Inline)]
    public static float Sum(Vector512<float> a) => Vector512.Sum(a);

    [MethodImpl(Inline)]
    public static float Largest(Vector512<float> a) => Lanes256.Largest(Vector256.Max(a.GetLower(), a.GetUpper()));

    [MethodImpl(Inline)]
    public static void Bf16(byte* at, out Vector512<float> low, out Vector512<float> high)
    {
        var words = Vector512.Load((uint*)at);
        low = (words << 16).AsSingle();
        high = (words & Vector512.Create(0xFFFF0000)).AsSingle();
    }

    [MethodImpl(Inline)]
    public static void Int8(byte* at, out Vector512<float> low, out Vector512<float> high)
    {
        low = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)at)));
        high = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)at + 16)));
    }

    /// <summary>A nibble picks its number from a table of sixteen, which also drops the bits above it.</summary>
    [MethodImpl(Inline)]
    public static void Int4(byte* at, out Vector512<float> low, out Vector512<float> high)
    {
        var both = Avx512F.ConvertToVector512Int32(Vector128.Load(at));
        var table = Vector512.Create(-8f, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7);
        low = Avx512F.PermuteVar16x32(table, both);
        high = Avx512F.PermuteVar16x32(table, both >>> 4);
    }
}
