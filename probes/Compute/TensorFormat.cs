namespace GpuLab.Probes.Compute;

/// <summary>A kind of number that mma.sync multiplies, and how its fragments lie in registers (PTX ISA, matrix fragments for mma.m16n8k8 / k16 / k32).</summary>
/// <param name="Name">Such as <c>bf16</c>; the kernel is <c>gl_tensor_NAME</c>.</param>
/// <param name="Packed">Numbers in a register of 32 bits.</param>
/// <param name="Encode">The bits of a small whole number.</param>
sealed record TensorFormat(string Name, int Packed, Func<int, uint> Encode)
{
    /// <summary>Of one product: 16 rows of A, 8 columns of B.</summary>
    public const int Rows = 16, Columns = 8;

    /// <summary>Fragments that a warp keeps; <c>GL_TILE_A</c> and <c>GL_TILE_B</c> of tensor.cuh.</summary>
    public const int TilesA = 2, TilesB = 4, Tiles = TilesA * TilesB;

    public static TensorFormat Tf32 { get; } = new("tf32", 1, static v => BitConverter.SingleToUInt32Bits(v));

    public static TensorFormat Bf16 { get; } = new("bf16", 2, static v => BitConverter.SingleToUInt32Bits(v) >> 16);

    public static TensorFormat Fp16 { get; } = new("fp16", 2, static v => BitConverter.HalfToUInt16Bits((Half)v));

    public static TensorFormat Fp8 { get; } = new("fp8", 4, ToE4M3);

    public static TensorFormat Int8 { get; } = new("int8", 4, static v => (byte)(sbyte)v);

    public string Kernel => $"gl_tensor_{Name}";

    /// <summary>k of one product: 8, 16 or 32.</summary>
    public int Depth => 8 * Packed;

    /// <summary>Operations of one product of a warp, two a multiply-add.</summary>
    public long Operations => 2L * Rows * Columns * Depth;

    /// <summary>Registers of one fragment of A, [lane][4], from A[row, k].</summary>
    public uint[] FragmentA(Func<int, int, int> a) => Fragment(4, (lane, register, place) =>
        a(lane / 4 + 8 * (register % 2), lane % 4 * Packed + place + 4 * Packed * (register / 2)));

    /// <summary>Registers of one fragment of B, [lane][2], from B[k, column].</summary>
    public uint[] FragmentB(Func<int, int, int> b) => Fragment(2, (lane, register, place) =>
        b(lane % 4 * Packed + place + 4 * Packed * register, lane / 4));

    /// <summary>Row and column of element <paramref name="index"/> of a lane's four of D.</summary>
    public static (int Row, int Column) Place(int lane, int index) => (lane / 4 + 8 * (index / 2), lane % 4 * 2 + index % 2);

    uint[] Fragment(int registers, Func<int, int, int, int> value)
    {
        var words = new uint[32 * registers];
        for (var i = 0; i < words.Length; i++)
        {
            for (var place = 0; place < Packed; place++) words[i] |= Encode(value(i / registers, i % registers, place)) << (place * 32 / Packed);
        }
        return words;
    }

    /// <summary>Whole numbers to 16 are exact: sign, four bits of exponent with bias 7, three of mantissa.</summary>
    public static uint ToE4M3(int value)
    {
        if (value == 0) return 0;
        var size = Math.Abs(value);
        var exponent = int.Log2(size);
        if (exponent > 3 && (size & ((1 << (exponent - 3)) - 1)) != 0) throw new ArgumentOutOfRangeException(nameof(value), value, "not exact in e4m3");
        var mantissa = exponent > 3 ? size >> (exponent - 3) : size << (3 - exponent);
        return (value < 0 ? 128u : 0) | (uint)(exponent + 7) << 3 | (uint)mantissa & 7;
    }
}
