using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Cuda;

/// <summary>The clock of the SMs while they work: cycles against the timer that all SMs share.</summary>
static unsafe class SmClock
{
    /// <summary>Nanoseconds looked at; at least this many steps of a timer of 1 µs.</summary>
    const ulong Span = 200_000;

    /// <summary>Hz, the median over SMs.</summary>
    /// <param name="before">Queues the work behind which it is looked at: a clock takes longer to fall than this takes.</param>
    public static double Measure(CudaSession session, CudaStream stream, Action before)
    {
        var pairs = Look(session, stream, session.Device.Sms, before);
        var rates = pairs.Select(p => p.Rate).Order().ToArray();
        return rates[rates.Length / 2];
    }

    /// <summary>Numbers of the SMs that blocks come to, in order; not all from 0 on where the GPU is cut.</summary>
    public static uint[] Sms(CudaSession session, CudaStream stream) => [.. Look(session, stream, 4 * session.Device.Sms, static () => { }).Select(p => p.Sm).Distinct().Order()];

    static ClockPair[] Look(CudaSession session, CudaStream stream, int blocks, Action before)
    {
        using var memory = new DeviceMemory(session.Context, blocks * sizeof(ClockPair));
        before();
        session.Kernels["gl_sm_clock"].Launch(stream, blocks, 32, 0, memory.Start.Address, Span);
        var pairs = new ClockPair[blocks];
        fixed (ClockPair* host = pairs) memory.CopyTo(host, memory.Bytes, 0, stream);
        stream.Synchronize();
        return pairs;
    }
}
