using System.Diagnostics;
using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Launch;

/// <summary>Starts of a process that runs one kernel.</summary>
sealed class GpuStart(ProbeInfo info) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request) => new GpuStartProbe(CudaSession.Current.Device.Name);
}

/// <summary>
/// This program's own start as a process that sees the same slice: its run-time, the driver, a context, the kernels, one of them to its end.
/// The worker has a context of its own all the while, so the GPU is awake.
/// </summary>
sealed class GpuStartProbe : IPreparedProbe
{
    /// <summary>Milliseconds; a start that takes longer has failed.</summary>
    const int Patience = 60_000;

    public GpuStartProbe(string device)
    {
        var first = Start();
        Facts = new Dictionary<string, string>
        {
            ["device"] = device,
            ["timing"] = "host clock, from before the process is made to the line it prints after its kernel",
            ["the first start"] = string.Join(", ", first.Parts.Zip(ContextStart.Parts, (seconds, part) => $"{part} {Pretty.Time(seconds)}")
                .Prepend($"run-time {Pretty.Time(first.Seconds - first.Parts.Sum())}")),
        };
    }

    public Ceiling? Ceiling => null;

    public IReadOnlyDictionary<string, string> Facts { get; }

    public void Sample(ref SampleSink sink)
    {
        var start = Monotonic.Now;
        var (seconds, _) = Start();
        sink.Add(0, start, start + (long)(seconds * 1e9), 1, seconds);
    }

    /// <summary>A start whose kernel did not come to its end is no sample but an error.</summary>
    public string? Verify() => null;

    public void Dispose()
    {
    }

    static (double Seconds, double[] Parts) Start()
    {
        var start = Monotonic.Now;
        using var process = Process.Start(new ProcessStartInfo(OwnCommand.Arguments[0], [.. OwnCommand.Arguments.Skip(1), ContextStart.Verb]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var watchdog = new Timer(_ => End(process), null, Patience, Timeout.Infinite);
        var line = process.StandardOutput.ReadLine();
        var seconds = (Monotonic.Now - start) * 1e-9;
        var errors = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        if (line is null || process.ExitCode != 0) throw new InvalidOperationException(errors.Length > 0 ? $"a process did not start on this slice: {errors}" : "a process did not start on this slice");
        return (seconds, [.. line.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture))]);
    }

    static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended in this moment.
        }
    }
}
