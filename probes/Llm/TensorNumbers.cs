using System.Runtime.InteropServices;
using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Llm;

/// <summary>Weights of a source as numbers of single precision, whatever of the three usual types they are.</summary>
static class TensorNumbers
{
    [ThreadStatic]
    static byte[]? raw;

    /// <exception cref="CheckpointException">Weights of that type are not read.</exception>
    public static void Demand(TensorType type)
    {
        if (type is not (TensorType.BF16 or TensorType.F16 or TensorType.F32))
            throw new CheckpointException($"weights of type {type.Text()} are not read, only BF16, F16 and F32");
    }

    /// <param name="element">The first.</param>
    public static void Read(ITensorSource source, TensorSpec tensor, long element, Span<float> into)
    {
        var size = tensor.Type.Size();
        if (raw is null || raw.Length < into.Length * size) raw = new byte[into.Length * size];
        var bytes = raw.AsSpan(0, into.Length * size);
        source.Read(tensor, element * size, bytes);
        switch (tensor.Type)
        {
            case TensorType.BF16:
                var brains = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < into.Length; i++) into[i] = Bf16.Widen(brains[i]);
                break;
            case TensorType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (var i = 0; i < into.Length; i++) into[i] = (float)halves[i];
                break;
            default:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(into);
                break;
        }
    }
}
