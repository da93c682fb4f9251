using System.Globalization;
using System.Text;

namespace GpuLab.Results;

/// <summary>The names inside a run folder.</summary>
public static class RunFiles
{
    public const string Run = "run.json", Plan = "plan.json", Samples = "samples.csv", Telemetry = "telemetry.csv", Events = "events.jsonl",
        Workers = "workers", Blobs = "blobs", Scratch = "scratch", Lock = ".lock", Owner = ".owner",
        Figures = ".figures";

    const int LongestName = 120;

    /// <summary>A file name that any text can be given as: unlike texts get unlike names, and ordinary slice names stay as they are.</summary>
    public static string Safe(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var plain = char.IsAsciiLetterOrDigit((char)b) || (b == '.' && safe.Length > 0) || "@+-_()=,".Contains((char)b, StringComparison.Ordinal);
            if (plain) safe.Append((char)b);
            else safe.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        if (safe.Length == 0) return "%";
        if (safe.Length <= LongestName) return safe.ToString();
        var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 8);
        return safe.ToString(0, LongestName) + "%" + hash;
    }
}
