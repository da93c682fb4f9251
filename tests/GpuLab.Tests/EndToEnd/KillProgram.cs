using System.Diagnostics;
using System.Globalization;

namespace GpuLab.Tests.EndToEnd;

/// <summary><c>scripts/kill-test</c>: kills, progress on standard error, one summary line, exit code 1 where something did not hold.</summary>
static class KillProgram
{
    /// <param name="args">Kills, seed, and the program with its leading arguments.</param>
    public static async Task<int> Run(string[] args)
    {
        if (args is not [var times, var seed, .. { Length: > 0 } program]) return 2;
        using var place = new Workplace();
        var clock = Stopwatch.StartNew();
        var loop = new KillLoop(program, Number(seed), place, Console.Error.WriteLine);
        var verdict = "no trial lost or repeated, nothing left behind";
        try
        {
            await loop.Kill(Number(times));
        }
        catch (Exception wrong) when (wrong is Xunit.Sdk.XunitException or TimeoutException)
        {
            verdict = $"WRONG: {wrong.Message.ReplaceLineEndings(" | ")}";
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{loop.Kills} kills in {clock.Elapsed.TotalSeconds:0} s, seed {seed}: {loop.Early} before a trial was done, {loop.Between} between trials, {loop.Late} after the last; {verdict}"));
        return verdict.StartsWith("WRONG", StringComparison.Ordinal) ? 1 : 0;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
