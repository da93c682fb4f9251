namespace GpuLab.Model;

/// <summary>"Did you mean": the known word that a mistyped one is nearest to.</summary>
public static class Nearest
{
    /// <summary>Longer words are not typing mistakes, and are not worth the time.</summary>
    const int Longest = 64;

    /// <summary>The nearest known word, or null where none is near: at most one slip for every three letters.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        if (word.Length is 0 or > Longest) return null;
        string? best = null;
        var least = int.MaxValue;
        foreach (var candidate in known)
        {
            if (candidate.Length > Longest || Math.Abs(candidate.Length - word.Length) > Slips(word, candidate)) continue;
            var distance = string.Equals(candidate, word, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(word, candidate);
            if (distance > Slips(word, candidate) || distance >= least) continue;
            (best, least) = (candidate, distance);
        }
        return best;
    }

    /// <summary>The question to put behind a message, with its leading space: <c> Did you mean 'mem.read'?</c>; empty where nothing is near.</summary>
    public static string Hint(string word, IEnumerable<string> known) => To(word, known) is { } near ? $" Did you mean '{near}'?" : "";

    /// <summary>Damerau–Levenshtein distance, optimal string alignment: insertions, deletions, replacements, swaps of neighbours.</summary>
    public static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var now = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                now[j] = Math.Min(replaced, Math.Min(last[j], now[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = Math.Min(now[j], before[j - 2] + 1);
            }
            (before, last, now) = (last, now, before);
        }
        return last[b.Length];
    }

    static int Slips(string a, string b) => Math.Max(1, Math.Max(a.Length, b.Length) / 3);
}
