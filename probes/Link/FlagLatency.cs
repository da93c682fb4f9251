using System.Globalization;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;
using GpuLab.Running;
using DriverCalls = GpuLab.Probes.Cuda.Cuda;

namespace GpuLab.Probes.Link;

/// <summary>
/// A flag that a kernel raises in the host's memory, and the host's answer: there and back, many times in one launch. The kernel takes the
/// time, so that nothing of the launch is in it.
/// </summary>
sealed unsafe class FlagLatencyProbe : IPreparedProbe
{
    /// <summary>Nanoseconds of a sample, and those after which a kernel without an answer gives up: on a crowded host an answer takes as long as its scheduler likes.</summary>
    const double Target = 400e3;

    const ulong Patience = 20_000_000_000;

    /// <summary>Bytes from one word to the next, so that none shares a line with another.</summary>
    const int Apart = 256;

    /// <summary>Rounds of the first look, and of a sample at most.</summary>
    const uint First = 32, Most = 256;

    /// <summary>Looks at the flag before the processor is offered to others; far more than an answer takes on a host that is not crowded.</summary>
    const int Looks = 1 << 14;

    readonly CudaStream stream;
    readonly PinnedMemory words;
    readonly CudaKernel kernel;
    readonly CUdeviceptr onDevice;
    readonly uint rounds;
    string? wrong;

    public FlagLatencyProbe(CudaSession session)
    {
        kernel = session.Kernels["gl_ping_pong"];
        stream = new(session.Context);
        try
        {
            words = new(session.Context, 3 * Apart);
            onDevice = words.OnDevice;
            // The first launch may load something.
            Play(First);
            Play(First);
            if (wrong is not null) throw new InvalidOperationException($"{kernel.Name} is wrong: {wrong}");
            rounds = (uint)Math.Clamp(First * Target / Math.Max(1, Result->Waited), First, Most);
            Facts = new Dictionary<string, string>
            {
                ["device"] = session.Device.Name,
                ["memory"] = "pinned, of the host",
                ["kernel"] = string.Create(CultureInfo.InvariantCulture, $"{kernel.Name}, {rounds} rounds"),
                ["timing"] = "by the kernel: the timer that all SMs share, from its first flag to the host's last answer",
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

    uint* Raised => (uint*)words.Start;

    uint* Answer => (uint*)((byte*)words.Start + Apart);

    LatchResult* Result => (LatchResult*)((byte*)words.Start + 2 * Apart);

    public void Sample(ref SampleSink sink)
    {
        var start = Monotonic.Now;
        Play(rounds);
        if (wrong is null) sink.Add(0, start, Monotonic.Now, rounds, Result->Waited * 1e-9 / rounds);
    }

    public string? Verify() => wrong;

    public void Dispose()
    {
        _ = DriverCalls.cuStreamSynchronize(stream.Raw);
        words?.Dispose();
        stream.Dispose();
    }

    /// <summary>Answers each flag with its number.</summary>
    void Play(uint count)
    {
        (*Raised, *Answer, *Result) = (0, 0, default);
        kernel.Launch(stream, 1, 1, 0, (onDevice + Apart).Address, onDevice.Address, count, Patience, (onDevice + 2 * Apart).Address);
        var until = Monotonic.Now + (long)Patience;
        for (var turn = 1u; turn <= count && Wait(turn, until); turn++) Volatile.Write(ref *Answer, turn);
        stream.Synchronize();
        if (Result->Released != count || *Raised != count) wrong ??= string.Create(CultureInfo.InvariantCulture, $"{Result->Released} of {count} flags were answered, and the last was {*Raised}");
    }

    bool Wait(uint turn, long until)
    {
        for (var looks = 1; Volatile.Read(ref *Raised) != turn; looks++)
        {
            if (looks % Looks != 0) continue;
            if (Monotonic.Now > until) return false;
            Thread.Yield();
        }
        return true;
    }
}
