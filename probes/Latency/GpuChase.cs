using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Latency;

/// <summary>Dependent loads of a GPU along a random cycle in its own memory.</summary>
sealed class GpuChase(ProbeInfo info) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request)
    {
        var nodes = (long)request.Parameters.Number("bytes", info.Parameters[0].Default!.Value.Number) / DeviceRing.Line;
        if (nodes is < 2 or > int.MaxValue) throw new ProbeSkippedException($"a cycle of {nodes} lines of {DeviceRing.Line} bytes cannot be walked");
        return new GpuChaseProbe(CudaSession.Current, overLink: false, (int)nodes, request.Seed);
    }
}

/// <summary>
/// The chase when prepared. A sample is one walk, timed by the kernel itself, so that nothing of a launch is in it; walks go on where the one
/// before ended, and from SM to SM.
/// </summary>
sealed unsafe class GpuChaseProbe : TimedProbe
{
    /// <summary>Nanoseconds of a walk: many steps of the slowest timer.</summary>
    const double Target = 1e6;

    /// <summary>SMs are far apart in what they reach first; each eighth stands for all.</summary>
    const int EverySm = 8;

    /// <summary>Walks that are queued at most, and one more.</summary>
    const int Slots = 4;

    /// <summary>A cycle of no more lines is walked once in each launch before the clock starts, since L1 is empty then.</summary>
    const int WholeLap = 1 << 12;

    const uint ShortWarm = 2;

    readonly CudaKernel kernel;
    readonly PinnedMemory records, zero;
    readonly DeviceMemory record;
    readonly int[] order;
    readonly uint[] sms;
    readonly ulong ring;
    readonly uint warm, rounds;
    readonly long spacing;
    long queued, collected, missed;
    string? wrong;

    /// <param name="overLink">The cycle lies in pinned memory of the host.</param>
    /// <param name="spacing">Bytes from node to node, whole lines.</param>
    public GpuChaseProbe(CudaSession session, bool overLink, int nodes, ulong seed, long spacing = DeviceRing.Line)
        : base(session)
    {
        this.spacing = spacing;
        try
        {
            kernel = session.Kernels[overLink ? "gl_chase_system" : "gl_chase_l1"];
            record = Own(new DeviceMemory(session.Context, sizeof(ChaseRecord)));
            records = Own(new PinnedMemory(session.Context, Slots * sizeof(ChaseRecord)));
            zero = Own(new PinnedMemory(session.Context, sizeof(ChaseRecord)));
            *(ChaseRecord*)zero.Start = default;
            var bytes = nodes * spacing;
            ring = overLink ? Own(new PinnedMemory(session.Context, bytes)).OnDevice.Address : Own(new DeviceMemory(session.Context, bytes)).Start.Address;
            var next = DeviceRing.Next(nodes, seed);
            order = Order(next);
            Build(next);
            sms = [.. SmClock.Sms(session, Stream).Where((_, i) => i % EverySm == 0)];
            warm = nodes <= WholeLap ? (uint)((nodes + DeviceRing.Hops - 1) / DeviceRing.Hops) : ShortWarm;
            rounds = Lasting();
            var (latency, cycles) = Probe();
            Facts = Chosen(bytes, overLink, latency, cycles);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>Address of the cycle, for tests that plant an error.</summary>
    internal ulong Ring => ring;

    protected override double Work => (double)rounds * DeviceRing.Hops;

    ChaseRecord* Records => (ChaseRecord*)records.Start;

    /// <summary>Hops of one launch, those before the clock starts included.</summary>
    long Step => ((long)warm + rounds) * DeviceRing.Hops;

    /// <summary>Each walk must have ended where the cycle says; that was looked at as it was collected.</summary>
    public override string? Verify() => wrong ?? (missed > collected / 2 ? string.Create(CultureInfo.InvariantCulture, $"{missed} of {collected} walks found no block on their SM") : null);

    protected override void Queue()
    {
        record.CopyFrom(zero.Start, sizeof(ChaseRecord), 0, Stream);
        kernel.Launch(Stream, 4 * Session.Device.Sms, 32, 0, Address(queued * Step), warm, rounds, sms[queued % sms.Length], record.Start.Address);
        record.CopyTo(Records + queued % Slots, sizeof(ChaseRecord), 0, Stream);
        queued++;
    }

    protected override void Add(ref SampleSink sink, long start, double nanoseconds)
    {
        ref readonly var walk = ref Records[collected % Slots];
        var end = Address((collected + 1) * Step);
        collected++;
        // An SM that no block came to did not walk: there is no figure, and no error.
        if (walk.Taken == 0)
        {
            missed++;
            return;
        }
        if (walk.End != end) wrong ??= "a walk ended on another line than the cycle says";
        sink.Add(0, start, start + (long)nanoseconds, (long)Work, walk.Ns * 1e-9 / Work);
    }

    /// <summary>Address of the node after so many hops from the first.</summary>
    ulong Address(long hops) => ring + (ulong)(order[hops % order.Length] * spacing);

    void Build(uint[] next)
    {
        using var table = new DeviceMemory(Session.Context, (long)next.Length * sizeof(uint));
        fixed (uint* host = next) table.CopyFrom(host, table.Bytes, 0, Stream);
        Session.Kernels["gl_ring"].Launch(Stream, 4 * Session.Device.Sms, 256, 0, ring, table.Start.Address, (uint)next.Length, (uint)(spacing / sizeof(ulong)));
        Stream.Synchronize();
    }

    /// <summary>Rounds of a walk that lasts <see cref="Target"/>.</summary>
    uint Lasting()
    {
        for (uint count = 4; ; count *= 2)
        {
            var walk = Walk(count);
            if (walk.Ns >= Target / 4 || count >= 1u << 24) return (uint)Math.Max(1, count * Target / Math.Max(1, walk.Ns));
        }
    }

    ChaseRecord Walk(uint count)
    {
        record.CopyFrom(zero.Start, sizeof(ChaseRecord), 0, Stream);
        kernel.Launch(Stream, 4 * Session.Device.Sms, 32, 0, Address(0), warm, count, sms[0], record.Start.Address);
        record.CopyTo(Records, sizeof(ChaseRecord), 0, Stream);
        Stream.Synchronize();
        var expected = Address(((long)warm + count) * DeviceRing.Hops);
        if (Records->Taken == 0) throw new InvalidOperationException($"{kernel.Name}: no block came to SM {sms[0]}");
        return Records->End == expected ? *Records : throw new InvalidOperationException($"{kernel.Name} ended at {Records->End:x} instead of {expected:x}");
    }

    (double Seconds, double Cycles) Probe()
    {
        var walk = Walk(rounds);
        return (walk.Ns * 1e-9 / Work, walk.Cycles / Work);
    }

    Dictionary<string, string> Chosen(long bytes, bool overLink, double latency, double cycles)
    {
        var facts = TimingFacts();
        facts["bytes"] = Units.BytesText(bytes);
        facts["memory"] = overLink ? "pinned, of the host" : "of the device";
        facts["kernel"] = string.Create(CultureInfo.InvariantCulture, $"{kernel.Name}, {Work:0} hops, {warm * DeviceRing.Hops} before");
        facts["timing"] = "by the kernel: the timer that all SMs share";
        facts["SMs"] = string.Create(CultureInfo.InvariantCulture, $"{sms.Length} by turns, of {Session.Device.Sms}");
        facts["at first"] = string.Create(CultureInfo.InvariantCulture, $"{latency * 1e9:0.0} ns, {cycles:0.0} cycles");
        return facts;
    }

    /// <summary>Nodes in the order of the cycle, from node 0.</summary>
    static int[] Order(uint[] next)
    {
        var order = new int[next.Length];
        for (var i = 1; i < order.Length; i++) order[i] = (int)next[order[i - 1]];
        return order;
    }
}
