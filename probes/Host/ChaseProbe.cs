using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>The chase when prepared: one walker that goes on along its cycle from sample to sample.</summary>
sealed unsafe class ChaseProbe : IPreparedProbe
{
    const long Target = 500_000;
    const int FullLap = 1 << 16;

    readonly HostBlock block;
    readonly PinnedThread pin;
    readonly int lines;
    readonly long steps;
    void** at, before;

    ChaseProbe(ProbeRequest request, int lines)
    {
        this.lines = lines;
        var bytes = (long)lines * ChaseCycle.Line;
        pin = new(request.Cpus[0]);
        var content = string.Create(CultureInfo.InvariantCulture, $"cycle {bytes}");
        block = HostMemory.Rent(bytes, [request.Cpus[0]], content);
        try
        {
            if (block.Content != content)
            {
                ChaseCycle.Build(block.Start, lines, request.Seed);
                if (ChaseCycle.Wrong(block.Start, lines, FullLap) is { } error) throw new InvalidOperationException($"The cycle is wrong: {error}.");
                block.Content = content;
            }
            at = before = (void**)(block.Start + (long)(request.Seed % (ulong)lines) * ChaseCycle.Line);
            steps = Calibrated();
            Facts = new Dictionary<string, string>
            {
                ["bytes"] = Units.BytesText(bytes),
                ["lines"] = lines.ToString(CultureInfo.InvariantCulture),
                ["pages"] = block.Pages(bytes),
                ["steps"] = steps.ToString(CultureInfo.InvariantCulture),
                ["threads"] = "1",
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Ceiling? Ceiling => null;

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal byte* Memory => block.Start;

    public static ChaseProbe Prepare(ProbeRequest request)
    {
        var lines = (long)request.Parameters.Number("bytes", 256 << 20) / ChaseCycle.Line;
        if (lines > int.MaxValue) throw new ProbeSkippedException("working sets of 128 GiB and more are not supported");
        HostMemory.Demand(lines * ChaseCycle.Line);
        return new(request, (int)lines);
    }

    public void Sample(ref SampleSink sink)
    {
        before = at;
        var start = Monotonic.Now;
        at = ChaseCycle.Walk(at, steps);
        var end = Monotonic.Now;
        sink.Add(0, start, end, steps, (end - start) * 1e-9 / steps);
    }

    /// <summary>The cycle must still be whole, and a plain walk of the last sample's steps must end where the timed one did.</summary>
    public string? Verify()
    {
        if (ChaseCycle.Wrong(block.Start, lines, 0) is { } error) return error;
        if (at == before && steps % lines != 0) return null;
        var p = before;
        for (var step = 0L; step < steps; step++) p = (void**)*p;
        return p == at ? null : "the timed walk ended on another line than the reference";
    }

    public void Dispose()
    {
        block.Dispose();
        pin.Dispose();
    }

    /// <summary>Doubles the steps until a region lasts long enough, after a lap that brings a small working set into its cache.</summary>
    long Calibrated()
    {
        if (lines <= FullLap) at = ChaseCycle.Walk(at, (lines + ChaseCycle.Unroll - 1) / ChaseCycle.Unroll * ChaseCycle.Unroll);
        for (long count = 16 * ChaseCycle.Unroll; ; count *= 2)
        {
            // The fastest of three: an interruption must not pass for a long region.
            var fastest = long.MaxValue;
            for (var attempt = 0; attempt < 3 && fastest >= Target / 2; attempt++)
            {
                var start = Monotonic.Now;
                at = ChaseCycle.Walk(at, count);
                fastest = Math.Min(fastest, Monotonic.Now - start);
            }
            if (fastest >= Target / 2) return 2 * count;
        }
    }
}
