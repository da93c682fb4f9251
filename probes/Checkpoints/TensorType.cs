namespace GpuLab.Probes.Checkpoints;

/// <summary>What the elements of a tensor are. Little-endian.</summary>
public enum TensorType { Bool, U8, I8, F8E4M3, F8E5M2, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64 }

/// <summary>Sizes of element types, and their names in both formats.</summary>
public static class TensorTypes
{
    static readonly (TensorType Type, int Size, string Safetensors, string? Torch)[] Known =
    [
        (TensorType.Bool, 1, "BOOL", null),
        (TensorType.U8, 1, "U8", "torch.uint8"),
        (TensorType.I8, 1, "I8", "torch.int8"),
        (TensorType.F8E4M3, 1, "F8_E4M3", null),
        (TensorType.F8E5M2, 1, "F8_E5M2", null),
        (TensorType.I16, 2, "I16", "torch.int16"),
        (TensorType.U16, 2, "U16", null),
        (TensorType.F16, 2, "F16", "torch.float16"),
        (TensorType.BF16, 2, "BF16", "torch.bfloat16"),
        (TensorType.I32, 4, "I32", "torch.int32"),
        (TensorType.U32, 4, "U32", null),
        (TensorType.F32, 4, "F32", "torch.float32"),
        (TensorType.I64, 8, "I64", "torch.int64"),
        (TensorType.U64, 8, "U64", null),
        (TensorType.F64, 8, "F64", "torch.float64"),
    ];

    /// <summary>Bytes of one element.</summary>
    public static int Size(this TensorType type) => Known[(int)type].Size;

    /// <summary>Its name in a safetensors header, which is also how people write it: <c>BF16</c>.</summary>
    public static string Text(this TensorType type) => Known[(int)type].Safetensors;

    /// <summary>Its name in an sllm-store index, or null where that format has none.</summary>
    public static string? Torch(this TensorType type) => Known[(int)type].Torch;

    /// <summary>Reads a safetensors name, in either case.</summary>
    public static TensorType? Parse(string? text)
    {
        foreach (var known in Known)
        {
            if (known.Safetensors.Equals(text, StringComparison.OrdinalIgnoreCase)) return known.Type;
        }
        return null;
    }

    internal static TensorType? ParseTorch(string? text)
    {
        foreach (var known in Known)
        {
            if (known.Torch is not null && known.Torch == text) return known.Type;
        }
        return null;
    }

    /// <summary>Without making a string of it: headers have as many as tensors.</summary>
    internal static TensorType? Parse(ref System.Text.Json.Utf8JsonReader reader)
    {
        foreach (var known in Known)
        {
            if (reader.ValueTextEquals(known.Safetensors)) return known.Type;
        }
        return null;
    }
}
