namespace GpuLab.Statistics;

/// <summary>
/// A flag of <c>trial-done</c>: a word, and where it concerns one slice or carries a number, those after colons:
/// <c>NOISY</c>, <c>NOISY:1c@0</c>, <c>dropped:1c@0:123</c>.
/// </summary>
readonly record struct TrialFlag(string Word, string? Slice, string? Detail)
{
    public static TrialFlag Parse(string text)
    {
        var parts = text.Split(':', 3);
        return new(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
    }

    public bool Is(string word) => string.Equals(Word, word, StringComparison.OrdinalIgnoreCase);

    public bool Concerns(string slice) => Slice is null || Slice == slice;
}
