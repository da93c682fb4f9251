using System.Globalization;
using System.Runtime.InteropServices;

namespace GpuLab.Probes.Kernels;

/// <summary><c>gl_latch_result</c> of latch.cu: how long a kernel waited, and whether (or how often) it was answered.</summary>
/// <param name="Waited">Nanoseconds.</param>
[StructLayout(LayoutKind.Sequential)]
readonly record struct LatchResult(ulong Waited, uint Released, uint Unused);

/// <summary>Kernels that wait: let go at once, let go while they wait, and never let go.</summary>
static class LatchChecks
{
    const ulong Short = 1_000_000, Long = 60_000_000_000;

    public static IReadOnlyList<KernelCheck> All { get; } = [new("latch", ["gl_latch"], Latch), new("ping.pong", ["gl_ping_pong"], PingPong)];

    static string? Latch(IKernelRunner on, ulong seed)
    {
        var latch = new MappedWord(on);
        latch.Write(41);
        var never = Wait(on, latch, Short);
        if (never.Released != 0 || never.Waited <= Short) return Sentence($"not let go for {Short} ns: {never}");
        latch.Write(42);
        var atOnce = Wait(on, latch, Short);
        if (atOnce.Released != 1) return Sentence($"let go before: {atOnce}");
        // Beyond counts too: the host may have gone on to a later turn.
        latch.Write(50);
        if (Wait(on, latch, Short) is { Released: not 1 } beyond) return Sentence($"let go beyond: {beyond}");
        latch.Write(0);
        using var later = new HostTask(end =>
        {
            end.WaitHandle.WaitOne(5);
            latch.Write(42);
        });
        return Wait(on, latch, Long) is { Released: not 1 } meanwhile ? Sentence($"let go while it waited: {meanwhile}") : null;
    }

    static LatchResult Wait(IKernelRunner on, MappedWord latch, ulong timeout)
    {
        var result = on.Allocate<LatchResult>([default]);
        on.Launch("gl_latch", new(1, 1), latch.Device, 42u, timeout, result);
        return on.Download<LatchResult>(result, 1)[0];
    }

    static string? PingPong(IKernelRunner on, ulong seed)
    {
        const uint rounds = 50;
        MappedWord toHost = new(on), fromHost = new(on);
        using (new HostTask(end =>
        {
            for (var turn = 1u; turn <= rounds; turn++)
            {
                while (toHost.Read() != turn && !end.IsCancellationRequested) Thread.Yield();
                fromHost.Write(turn);
            }
        }))
        {
            if (Play(on, fromHost, toHost, rounds, Long) is { Released: not rounds } answered) return Sentence($"answered {rounds} times: {answered}");
        }
        toHost.Write(0);
        fromHost.Write(0);
        var alone = Play(on, fromHost, toHost, rounds, Short);
        return alone.Released == 0 && alone.Waited > Short && toHost.Read() == 1 ? null : Sentence($"never answered: {alone}, said {toHost.Read()}");
    }

    static LatchResult Play(IKernelRunner on, MappedWord fromHost, MappedWord toHost, uint rounds, ulong timeout)
    {
        var result = on.Allocate<LatchResult>([default]);
        on.Launch("gl_ping_pong", new(1, 1), fromHost.Device, toHost.Device, rounds, timeout, result);
        return on.Download<LatchResult>(result, 1)[0];
    }

    static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A word that host and kernel both see; 0 at first.</summary>
    sealed unsafe class MappedWord
    {
        readonly uint* here;

        public MappedWord(IKernelRunner on)
        {
            here = (uint*)on.AllocateMapped(sizeof(uint), out var device);
            Device = device;
            Write(0);
        }

        public ulong Device { get; }

        public uint Read() => Volatile.Read(ref *here);

        public void Write(uint value) => Volatile.Write(ref *here, value);
    }

    /// <summary>The host's side of a kernel that runs at the same time; told to end, and waited for, when it is disposed.</summary>
    sealed class HostTask : IDisposable
    {
        readonly CancellationTokenSource end = new();
        readonly Thread thread;

        public HostTask(Action<CancellationToken> work)
        {
            thread = new(() => work(end.Token));
            thread.Start();
        }

        public void Dispose()
        {
            end.Cancel();
            thread.Join();
            end.Dispose();
        }
    }
}
