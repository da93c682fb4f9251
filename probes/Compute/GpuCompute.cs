using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Compute;

/// <summary>Arithmetic on a GPU: launches of one length of a kernel that works in registers.</summary>
/// <param name="kind">Such as <c>fp32</c> or <c>bf16</c>.</param>
/// <param name="loops">What carries it out, to be tried by turns; one that this GPU has not throws <see cref="ProbeSkippedException"/>.</param>
sealed class GpuCompute(ProbeInfo info, string kind, params IReadOnlyList<Func<CudaSession, CudaStream, ulong, IComputeLoop>> loops) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request) => new GpuComputeProbe(CudaSession.Current, kind, loops, request.Seed);
}

/// <summary>A kernel of arithmetic with its operands and output on the device.</summary>
interface IComputeLoop : IDisposable
{
    /// <summary>Kernel and grid, for people.</summary>
    string Name { get; }

    /// <summary>Operations of one launch in each round, two a multiply-add.</summary>
    double OperationsPerRound { get; }

    /// <summary>Rounds of a launch at most, so that its result can still be told from a wrong one.</summary>
    uint MostRounds { get; }

    /// <summary>Queues one launch. No managed allocation.</summary>
    void Launch(uint rounds);

    /// <summary>Writes over the output, so that what was there cannot pass for a result.</summary>
    void Poison();

    /// <summary>Compares with the reference what the last launch left; null when right. The stream is idle.</summary>
    string? Wrong(uint rounds);
}

/// <summary>Arithmetic when prepared: each loop checked, the fastest kept, its rounds chosen so that a launch lasts long enough for clocks to settle.</summary>
sealed class GpuComputeProbe : TimedProbe
{
    /// <summary>Nanoseconds of a sample (MEASUREMENT §4), in one launch where it may be so long.</summary>
    const double Target = 50e6;

    const uint CheckRounds = 3;

    readonly IComputeLoop loop;
    readonly SmStamps stamps;
    readonly uint rounds;

    public GpuComputeProbe(CudaSession session, string kind, IReadOnlyList<Func<CudaSession, CudaStream, ulong, IComputeLoop>> loops, ulong seed)
        : base(session)
    {
        try
        {
            var (best, rate) = ((IComputeLoop?)null, 0.0);
            var reasons = new List<string>();
            foreach (var make in loops)
            {
                IComputeLoop candidate;
                try
                {
                    candidate = Own(make(session, Stream, seed));
                }
                catch (Exception missing) when (missing is ProbeSkippedException or CudaException { Status: CUresult.NotFound })
                {
                    reasons.Add(missing.Message);
                    continue;
                }
                loop = candidate;
                Check(CheckRounds);
                var found = Rate(Lasting(Target / 8));
                if (found <= rate) continue;
                (best, rate) = (candidate, found);
            }
            loop = best ?? throw new ProbeSkippedException(string.Join("; ", reasons));
            rounds = Lasting(Target);
            stamps = Own(new SmStamps(session, Stream, Batches));
            Calibrate(Target);
            Check(rounds);
            Clock = SmClock.Measure(session, Stream, Queue);
            loop.Poison();
            Queue();
            Ceiling = ComputePeak.Of(session.Device, kind, Clock);
            Facts = Chosen(Time());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override Ceiling? Ceiling { get; }

    public override IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal IComputeLoop Loop => loop;

    /// <summary>Hz of the SMs under this load.</summary>
    internal double Clock { get; }

    protected override double Work => loop.OperationsPerRound * rounds;

    public override string? Verify()
    {
        Stream.Synchronize();
        return loop.Wrong(rounds);
    }

    protected override void Queue() => loop.Launch(rounds);

    protected override void Open(int slot) => stamps.Before(slot);

    /// <summary>Microseconds in tens of milliseconds.</summary>
    protected override void Close(int slot) => stamps.After(slot);

    protected override void Add(ref SampleSink sink, long start, double nanoseconds)
    {
        base.Add(ref sink, start, nanoseconds);
        if (stamps.Hertz(Added) is var hertz && double.IsFinite(hertz)) sink.Add(1, start, start + (long)nanoseconds, Batch, hertz, Flags);
    }

    void Check(uint count)
    {
        loop.Poison();
        loop.Launch(count);
        Stream.Synchronize();
        if (loop.Wrong(count) is { } wrong) throw new InvalidOperationException($"{loop.Name} is wrong: {wrong}");
    }

    /// <summary>Rounds that last so long, or as many as there may be.</summary>
    uint Lasting(double nanoseconds)
    {
        for (uint count = 1; ; count *= 2)
        {
            var time = Launched(count);
            if (time >= nanoseconds / 2 || count >= loop.MostRounds / 2) return (uint)Math.Clamp(count * Math.Min(2, nanoseconds / time), 1, loop.MostRounds);
        }
    }

    /// <summary>Operations a second in a launch.</summary>
    double Rate(uint count) => loop.OperationsPerRound * count * 1e9 / Launched(count);

    /// <summary>Nanoseconds of one launch.</summary>
    double Launched(uint count)
    {
        using CudaEvent start = new(Session.Context), end = new(Session.Context);
        start.Record(Stream);
        loop.Launch(count);
        end.Record(Stream);
        end.Synchronize();
        return end.Since(start);
    }

    Dictionary<string, string> Chosen(double nanoseconds)
    {
        var facts = TimingFacts();
        facts["kernel"] = loop.Name;
        facts["rounds"] = rounds.ToString(CultureInfo.InvariantCulture);
        facts["clock_hz"] = Clock.ToString("0", CultureInfo.InvariantCulture);
        facts["operations per cycle and SM"] = (Work * Batch * 1e9 / nanoseconds / Clock / Session.Device.Sms).ToString("0.##", CultureInfo.InvariantCulture);
        return facts;
    }
}
