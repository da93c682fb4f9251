using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Control.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Two pinned threads that wake each other in turn through one futex word: odd is the partner's turn, even is this thread's.</summary>
sealed unsafe class WakeProbe : IPreparedProbe
{
    const long Target = 500_000;

    readonly PinnedThread pin;
    readonly Thread partner;
    readonly int* turn;
    readonly long rounds;
    long sent;
    long answered;

    WakeProbe(ProbeRequest request)
    {
        var cpu = request.Cpus.Count > 1 ? request.Cpus[1] : request.Cpus[0];
        // Where the partner cannot run, this thread is the one to fail.
        new PinnedThread(cpu).Dispose();
        pin = new(request.Cpus[0]);
        turn = (int*)NativeMemory.AlignedAlloc(128, 128);
        *turn = 0;
        partner = new(() => Answer(cpu)) { IsBackground = true, Name = "wake partner" };
        partner.Start();
        for (rounds = 16; ; rounds *= 2)
        {
            // The fastest of three: an interruption must not pass for a long region.
            var fastest = long.MaxValue;
            for (var attempt = 0; attempt < 3 && fastest >= Target; attempt++)
            {
                var start = Monotonic.Now;
                Rounds(rounds);
                fastest = Math.Min(fastest, Monotonic.Now - start);
            }
            if (fastest >= Target) break;
        }
        Facts = new Dictionary<string, string>
        {
            ["threads"] = cpu == request.Cpus[0] ? "both on one core" : "on two cores",
            ["processors"] = string.Create(CultureInfo.InvariantCulture, $"{request.Cpus[0]} and {cpu}"),
            ["round trips"] = rounds.ToString(CultureInfo.InvariantCulture),
        };
    }

    public Ceiling? Ceiling => null;

    public IReadOnlyDictionary<string, string> Facts { get; }

    public static WakeProbe Prepare(ProbeRequest request) => new(request);

    public void Sample(ref SampleSink sink)
    {
        var start = Monotonic.Now;
        Rounds(rounds);
        var end = Monotonic.Now;
        sink.Add(0, start, end, rounds, (end - start) * 1e-9 / (2 * rounds));
    }

    /// <summary>The partner must have answered as often as it was called.</summary>
    public string? Verify() => Volatile.Read(ref answered) == sent ? null
        : string.Create(CultureInfo.InvariantCulture, $"the partner answered {answered} of {sent} calls");

    /// <summary>For tests that plant an error.</summary>
    internal void Forget() => sent++;

    public void Dispose()
    {
        Volatile.Write(ref *turn, -1);
        Libc.FutexWake(turn, 1);
        partner.Join();
        NativeMemory.AlignedFree(turn);
        pin.Dispose();
    }

    void Rounds(long count)
    {
        sent += count;
        for (; count > 0; count--)
        {
            Volatile.Write(ref *turn, 1);
            Libc.FutexWake(turn, 1);
            while (Volatile.Read(ref *turn) == 1) Libc.FutexWait(turn, 1);
        }
    }

    void Answer(int cpu)
    {
        Affinity.Pin(cpu);
        while (true)
        {
            while (Volatile.Read(ref *turn) == 0) Libc.FutexWait(turn, 0);
            if (Volatile.Read(ref *turn) < 0) return;
            Volatile.Write(ref answered, answered + 1);
            Volatile.Write(ref *turn, 0);
            Libc.FutexWake(turn, 1);
        }
    }
}
