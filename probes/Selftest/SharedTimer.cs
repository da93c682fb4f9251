using System.Diagnostics;
using System.Globalization;
using GpuLab.Probes.Cuda;
using GpuLab.Results;
using GpuLab.Running;

namespace GpuLab.Probes.Selftest;

/// <summary>
/// Whether the timer that kernels read is one for all contexts on the device. This process looks how far it is from the host's clock, a second
/// process with a context of its own does, and this one again: two clocks that drift apart are compared at the moment of the other's look.
/// </summary>
public static class SharedTimer
{
    /// <summary>The hidden verb of the other process.</summary>
    public const string Verb = "selftest-timer";

    const int Tries = 200;

    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    /// <summary>The body of the other process: prints its look.</summary>
    /// <returns>0 when it was taken; else 1, and the reason is on stderr.</returns>
    public static int Run()
    {
        try
        {
            Console.Out.WriteLine(Look(CudaSession.Current));
            return 0;
        }
        catch (Exception failed) when (failed is ProbeSkippedException or CudaException)
        {
            Console.Error.WriteLine(failed.Message);
            return 1;
        }
    }

    internal static SelftestTimer Measure(CudaSession session)
    {
        var before = Look(session);
        var (line, errors) = Other();
        if (!TimerLook.TryParse(line, out var other)) return new(null, $"a second process could not look: {(errors.Length > 0 ? errors : "it ended without a word")}", double.NaN, double.NaN);
        return Compared(before, other, Look(session));
    }

    internal static SelftestTimer Compared(TimerLook before, TimerLook other, TimerLook after)
    {
        var part = after.Host == before.Host ? 0 : (other.Host - before.Host) / (double)(after.Host - before.Host);
        var expected = before.Ahead + part * (after.Ahead - before.Ahead);
        var difference = other.Ahead - expected;
        var within = other.Uncertainty + Math.Max(before.Uncertainty, after.Uncertainty);
        return new(Math.Abs(difference) <= within, null, difference, within);
    }

    /// <summary>The tightest of many: a value of the timer lies between the host's times round the kernel that read it.</summary>
    static TimerLook Look(CudaSession session)
    {
        using var runner = new CudaRunner(session, Kernels.KernelModules.Common);
        var value = runner.Allocate(sizeof(ulong));
        var best = default(TimerLook);
        var read = new byte[sizeof(ulong)];
        for (var i = 0; i < Tries; i++)
        {
            var start = Monotonic.Now;
            runner.Launch("gl_timer_values", new(1, 1), value, 1u);
            var apart = Monotonic.Now - start;
            if (i > 0 && apart / 2.0 >= best.Uncertainty) continue;
            runner.Download(value, read);
            best = new(start + apart / 2, BitConverter.ToInt64(read), apart / 2.0);
        }
        return best;
    }

    static (string? Line, string Errors) Other()
    {
        using var process = Process.Start(new ProcessStartInfo(OwnCommand.Arguments[0], [.. OwnCommand.Arguments.Skip(1), Verb]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var watchdog = new Timer(_ => process.Kill(entireProcessTree: true), null, patience, Timeout.InfiniteTimeSpan);
        var errors = process.StandardError.ReadToEndAsync();
        var line = process.StandardOutput.ReadLine();
        process.WaitForExit();
        return (line, errors.GetAwaiter().GetResult().Trim());
    }
}

/// <summary>One value of the timer with the host's time at which it was read. Nanoseconds.</summary>
/// <param name="Host">CLOCK_MONOTONIC.</param>
/// <param name="Uncertainty">Of the host's time, both sides of it.</param>
readonly record struct TimerLook(long Host, long Timer, double Uncertainty)
{
    /// <summary>How far the timer is ahead of the host's clock.</summary>
    public long Ahead => Timer - Host;

    /// <summary><c>HOST TIMER UNCERTAINTY</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host} {Timer} {Uncertainty:R}");

    public static bool TryParse(string? line, out TimerLook look)
    {
        look = default;
        if (line?.Split(' ') is not [var host, var timer, var uncertainty]) return false;
        if (!long.TryParse(host, CultureInfo.InvariantCulture, out var h) || !long.TryParse(timer, CultureInfo.InvariantCulture, out var t)
            || !double.TryParse(uncertainty, CultureInfo.InvariantCulture, out var u)) return false;
        look = new(h, t, u);
        return true;
    }
}
