using System.Diagnostics;
using System.Globalization;
using GpuLab.Results;
using GpuLab.Running;

namespace GpuLab.Probes.Selftest;

/// <summary>
/// Runs a selftest in processes of their own, one after another: what a kernel breaks ends with its process, and CUDA reads its environment only
/// at the start. A process that breaks its context, dies or says nothing for too long costs the step that it was in; another goes on behind it.
/// </summary>
/// <param name="file">The document, which is their memory.</param>
/// <param name="visible">What they see of <c>CUDA_VISIBLE_DEVICES</c>; null for what this process sees.</param>
/// <param name="figures">Whether figures are looked at.</param>
/// <param name="step">Longest time of one step: a kernel that does not come to its end never lets go of its process.</param>
/// <param name="all">Longest time of all.</param>
public sealed class SelftestProcess(string file, string? visible, bool figures, TimeSpan step, TimeSpan all)
{
    static readonly TimeSpan glance = TimeSpan.FromMilliseconds(50);

    /// <returns>The complete document.</returns>
    /// <exception cref="IOException">Nothing could be tested; the message says why.</exception>
    public async Task<SelftestResult> Run(CancellationToken cancel)
    {
        File.Delete(file);
        var begun = Stopwatch.StartNew();
        while (true)
        {
            var (lost, errors) = await One(begun, cancel);
            if (!File.Exists(file)) throw new IOException(errors.Length > 0 ? errors : lost ?? "the selftest ended without a word");
            var result = SelftestJson.Read(file);
            if (result.Complete) return result;
            var why = errors.Length > 0 ? $"{lost}: {errors}" : lost;
            if (result.Doing is { } doing) result = SelftestSteps.Lost(result, doing, $"{why}; what follows was done in a fresh process");
            else if (lost is not null) result = SelftestSteps.GivenUp(result, figures, why!);
            if (!result.Complete && begun.Elapsed >= all) result = SelftestSteps.GivenUp(result, figures, $"the selftest did not end within {Minutes(all)}");
            SelftestJson.Write(file, result);
            if (result.Complete) return result;
        }
    }

    /// <summary>One process.</summary>
    /// <returns>How it was lost, null where it ended by itself and well; its last words.</returns>
    async Task<(string? Lost, string Errors)> One(Stopwatch begun, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(OwnCommand.Arguments[0], [.. OwnCommand.Arguments.Skip(1), SelftestEntry.Verb, file, figures ? SelftestEntry.Figures : SelftestEntry.Checks])
        {
            RedirectStandardError = true,
        };
        if (visible is not null) start.Environment["CUDA_VISIBLE_DEVICES"] = visible;
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync(CancellationToken.None);
        var silent = Stopwatch.StartNew();
        for (var seen = DateTime.MinValue; !child.HasExited;)
        {
            await Task.WhenAny(child.WaitForExitAsync(CancellationToken.None), Task.Delay(glance, CancellationToken.None));
            if (File.GetLastWriteTimeUtc(file) is var written && written != seen)
            {
                seen = written;
                silent.Restart();
            }
            if (!cancel.IsCancellationRequested && silent.Elapsed < step && begun.Elapsed < all) continue;
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(CancellationToken.None);
            cancel.ThrowIfCancellationRequested();
            return (silent.Elapsed < step ? $"it did not end within the {Minutes(all)} of the selftest" : string.Create(CultureInfo.InvariantCulture, $"it did not end within {step.TotalSeconds:0.#} s and was ended"), "");
        }
        await child.WaitForExitAsync(CancellationToken.None);
        return (Ending(child.ExitCode), Words(await errors));
    }

    static string? Ending(int code) => code switch
    {
        0 => null,
        1 => "the process failed",
        > 128 => string.Create(CultureInfo.InvariantCulture, $"the process was killed by signal {code - 128}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"the process ended with exit code {code}"),
    };

    /// <summary>What a process died of, or its own last sentence.</summary>
    static string Words(string errors)
    {
        const string name = "gpulab: ";
        var lines = errors.Trim().Split('\n');
        var last = Array.Find(lines, l => l.StartsWith("Unhandled exception", StringComparison.Ordinal)) ?? lines[^1];
        return last.StartsWith(name, StringComparison.Ordinal) ? last[name.Length..] : last;
    }

    static string Minutes(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} minutes");
}
