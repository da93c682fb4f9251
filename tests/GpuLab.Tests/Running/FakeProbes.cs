using System.Diagnostics;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Tests.Running;

/// <summary>Probes that do one thing wrong, carried out by real worker processes.</summary>
static class FakeProbes
{
    /// <summary>Steady work; all others differ from it in one point.</summary>
    public static readonly ProbeInfo Steady = Info("test.steady");

    public static ProbeInfo Info(string id) => new(id, "For tests.", Resource.Compute,
        [new($"{id}/rate", "1/s", Better.Higher, Across.Sum, "For tests.")], [new("bytes", ParameterType.Bytes, "For tests.")], 0.05);

    public static IProbe? For(DeviceKind kind, string id) => id switch
    {
        "test.unknown" => null,
        _ => new FakeProbe(id),
    };

    sealed class FakeProbe(string id) : IProbe
    {
        public ProbeInfo Info => FakeProbes.Info(id);

        public IPreparedProbe Prepare(ProbeRequest request) => id switch
        {
            "test.skip" => throw new ProbeSkippedException("not on this slice"),
            "test.skip-first" when request.Slice == "a" => throw new ProbeSkippedException("not on slice a"),
            "test.prepare-fails" => throw new InvalidOperationException("no memory today"),
            "test.prepare-dies" => throw new UnreachableException(Die()),
            "test.prepare-hangs" => Hang(),
            _ => id.StartsWith("test.joint", StringComparison.Ordinal) ? new Joint(id, request) : new Prepared(id, request),
        };

        static IPreparedProbe Hang()
        {
            Thread.Sleep(Timeout.Infinite);
            throw new UnreachableException();
        }
    }

    static string Die()
    {
        Console.Error.WriteLine("about to die");
        using var own = Process.GetCurrentProcess();
        own.Kill();
        Thread.Sleep(Timeout.Infinite);
        return "";
    }

    /// <summary>Two slices that can only go on together; the second does one thing wrong.</summary>
    sealed class Joint(string id, ProbeRequest request) : IPreparedProbe
    {
        readonly Communicator communicator = request.Communicator ?? throw new InvalidOperationException("nobody to work with");
        int taken;

        public Ceiling? Ceiling => null;

        public IReadOnlyDictionary<string, string> Facts { get; } = new Dictionary<string, string> { ["team"] = string.Join(' ', request.Team) };

        public void Sample(ref SampleSink sink)
        {
            var start = Monotonic.Now;
            if (communicator.Rank == 1 && ++taken == 5)
            {
                if (id == "test.joint-dies") Die();
                if (id == "test.joint-hangs") Thread.Sleep(Timeout.Infinite);
                if (id == "test.joint-throws") throw new InvalidOperationException("broken kernel");
            }
            Monotonic.WaitUntil(start + 1_000_000, spin: 0);
            communicator.Meet();
            communicator.Set(0, communicator.Seen(communicator.Rank, 0) + 1);
            sink.AddRate(0, start, Monotonic.Now, 1, 1);
        }

        public string? Verify()
        {
            communicator.Meet();
            return communicator.Seen(0, 0) == communicator.Seen(1, 0) ? null : $"{communicator.Seen(0, 0)} rounds and {communicator.Seen(1, 0)}";
        }

        public void Dispose()
        {
        }
    }

    sealed class Prepared(string id, ProbeRequest request) : IPreparedProbe
    {
        int taken;

        public Ceiling? Ceiling => new(2000, "measured: for tests");

        public IReadOnlyDictionary<string, string> Facts { get; } = new Dictionary<string, string> { ["seed"] = $"{request.Seed}" };

        public void Sample(ref SampleSink sink)
        {
            var start = Monotonic.Now;
            Monotonic.WaitUntil(start + 1_000_000, spin: id == "test.spins" ? 1_000_000 : 0);
            var end = Monotonic.Now;
            taken++;
            switch (id)
            {
                case "test.dies" when taken == 5:
                    Die();
                    break;
                case "test.hangs" when taken == 12:
                    Thread.Sleep(Timeout.Infinite);
                    break;
                case "test.spawns" when taken == 5:
                    Process.Start("setsid", ["sleep", "987654"]);
                    Thread.Sleep(100);
                    Die();
                    break;
                case "test.nan":
                    sink.Add(0, start, end, 1, double.NaN);
                    return;
                case "test.backwards":
                    sink.Add(0, end, start - taken * 10_000_000L, 1, 1000);
                    return;
                case "test.floods":
                    for (var i = 0; i < 4096; i++) sink.Add(0, end + i, end + i + 1, 1, 1000);
                    return;
                case "test.wrong-metric":
                    sink.Add(7, start, end, 1, 1000);
                    return;
                case "test.throws" when taken == 5:
                    throw new InvalidOperationException("broken kernel");
                case "test.chats":
                    Console.WriteLine("""{"type":"done"} chatter of a library""");
                    break;
            }
            sink.AddRate(0, start, end, 1, 1);
        }

        public string? Verify() => id == "test.wrong-data" ? "3 of 9 elements differ, the first at 4" : null;

        public void Dispose()
        {
        }
    }
}
