namespace GpuLab.Probes.Cublas;

/// <summary>A kind of number that a matrix product is of: what the library calls it, and its bits.</summary>
/// <param name="Name">As in the probe's parameter, such as <c>bf16</c>.</param>
/// <param name="InputBytes">Of an element of A or B.</param>
/// <param name="OutputBytes">Of an element of D.</param>
/// <param name="Encode">The bits of the nearest number, or of one of the two nearest.</param>
/// <param name="Input">The number of an element's bits.</param>
/// <param name="Output">The number of the bits of an element of D.</param>
/// <param name="OutputBits">Of D's mantissa, the leading one among them.</param>
/// <param name="SumBits">That a sum keeps at least: what is added to a larger number loses the rest.</param>
sealed record GemmFormat(string Name, CudaDataType InputType, CudaDataType OutputType, CublasComputeType Compute, int InputBytes, int OutputBytes,
    Func<float, uint> Encode, Func<uint, double> Input, Func<uint, double> Output, int OutputBits, int SumBits)
{
    const int SingleBits = 24, WholeBits = 32;

    public static IReadOnlyList<GemmFormat> All { get; } =
    [
        new("bf16", CudaDataType.BFloat16, CudaDataType.BFloat16, CublasComputeType.Float32, 2, 2, ToBFloat16, FromBFloat16, FromBFloat16, 8, SingleBits),
        new("fp16", CudaDataType.Float16, CudaDataType.Float16, CublasComputeType.Float32, 2, 2, static v => BitConverter.HalfToUInt16Bits((Half)v), FromHalf, FromHalf, 11, SingleBits),
        new("tf32", CudaDataType.Float32, CudaDataType.Float32, CublasComputeType.Float32FastTf32, 4, 4, static v => BitConverter.SingleToUInt32Bits(v) & ~0x1FFFu, FromSingle, FromSingle, SingleBits, SingleBits),
        // As few bits as Hopper was found to keep.
        new("fp8", CudaDataType.Float8E4M3, CudaDataType.BFloat16, CublasComputeType.Float32, 1, 2, ToE4M3, FromE4M3, FromBFloat16, 8, 13),
        new("int8", CudaDataType.Int8, CudaDataType.Int32, CublasComputeType.Int32, 1, 4, static v => (byte)(sbyte)Math.Clamp(MathF.Round(v * 32), -127, 127), static b => (sbyte)b, static b => (int)b, WholeBits, WholeBits),
    ];

    /// <summary>Whether sums and results are whole numbers, exact.</summary>
    public bool Whole => Compute == CublasComputeType.Int32;

    /// <summary>The bits of 1 or −1.</summary>
    public uint One(bool negative) => Whole ? negative ? 0xFFu : 1u : Encode(negative ? -1 : 1);

    static uint ToBFloat16(float value) => BitConverter.SingleToUInt32Bits(value) >> 16;

    static double FromBFloat16(uint bits) => BitConverter.UInt32BitsToSingle(bits << 16);

    static double FromHalf(uint bits) => (double)BitConverter.UInt16BitsToHalf((ushort)bits);

    static double FromSingle(uint bits) => BitConverter.UInt32BitsToSingle(bits);

    /// <summary>Sign, four bits of exponent with bias 7, three of mantissa; towards zero, but never smaller than the smallest normal number.</summary>
    static uint ToE4M3(float value)
    {
        const float Least = 1 / 64f, Most = 448;
        var bits = BitConverter.SingleToUInt32Bits(Math.Clamp(Math.Abs(value), Least, Most));
        return (value < 0 ? 128u : 0) | ((bits >> 23) - 127 + 7) << 3 | bits >> 20 & 7;
    }

    static double FromE4M3(uint bits)
    {
        var (exponent, mantissa) = ((int)(bits >> 3 & 15), bits & 7);
        var size = exponent == 0 ? Math.ScaleB(mantissa, -9) : Math.ScaleB(8 + mantissa, exponent - 10);
        return (bits & 128) != 0 ? -size : size;
    }
}
