using System.Runtime.CompilerServices;

namespace GpuLab.Probes.Llm;

/// <summary>Brain floating point: the upper half of a single-precision number.</summary>
static class Bf16
{
    /// <summary>To the nearest, ties to even. Not for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    /// <summary>To the next one that is not smaller; for values that are not negative.</summary>
    public static ushort RoundUp(float value) => (ushort)((BitConverter.SingleToUInt32Bits(value) + 0xFFFF) >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
}
