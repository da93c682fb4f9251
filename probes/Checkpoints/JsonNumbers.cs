using System.Text.Json;

namespace GpuLab.Probes.Checkpoints;

/// <summary>Lists of numbers in headers.</summary>
static class JsonNumbers
{
    /// <summary>More dimensions than any tensor has.</summary>
    const int Most = 64;

    /// <summary>Reads the list that follows; null where it is none, too long, or a number is negative, broken or too large.</summary>
    public static long[]? Read(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return null;
        Span<long> numbers = stackalloc long[Most];
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == Most || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out numbers[count]) || numbers[count++] < 0) return null;
        }
        return numbers[..count].ToArray();
    }
}
