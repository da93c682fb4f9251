using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>
/// Device times on the clock that all workers of a host share. An event is recorded on an idle stream of its own between two looks at the
/// host's clock, many times over, and the tightest pair is kept: it lies in the middle of them to within half their distance. The
/// driver gives times as float milliseconds since another event, so the anchor is renewed before they lose resolution.
/// </summary>
sealed class DeviceClock(CudaContext context) : IDisposable
{
    const int Tries = 20;

    /// <summary>Nanoseconds after which an anchor is old: a float then still resolves 0.06 µs, and clocks drift apart by parts per million of it.</summary>
    const long Lifetime = 1_000_000_000;

    readonly CudaStream stream = new(context);
    CudaEvent anchor = new(context), spare = new(context);
    long host;

    /// <summary>Nanoseconds by which a mapped time may be wrong.</summary>
    public double Uncertainty { get; private set; } = double.PositiveInfinity;

    /// <summary>Makes a new anchor where the last one is old. Takes some 100 µs of the host, nothing of other streams, no managed allocation.</summary>
    public void Renew()
    {
        if (Monotonic.Now - host > Lifetime || double.IsInfinity(Uncertainty)) Anchor();
    }

    /// <summary>When an event was passed, CLOCK_MONOTONIC nanoseconds.</summary>
    public long HostTime(CudaEvent passed) => host + (long)passed.Since(anchor);

    public void Dispose()
    {
        anchor.Dispose();
        spare.Dispose();
        stream.Dispose();
    }

    void Anchor()
    {
        var tightest = long.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            var before = Monotonic.Now;
            spare.Record(stream);
            while (!spare.IsPassed)
            {
            }
            var apart = Monotonic.Now - before;
            if (apart >= tightest) continue;
            tightest = apart;
            host = before + apart / 2;
            (anchor, spare) = (spare, anchor);
        }
        Uncertainty = tightest / 2.0;
    }
}
