using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Link;

/// <summary>Copies by the SMs in both directions when prepared: each launch copies one buffer either way.</summary>
sealed class SmBothWaysProbe : TimedProbe
{
    readonly CopyRing up, down;
    readonly SmCopy sms;
    readonly long bytes;

    public SmBothWaysProbe(CudaSession session, long bytes, ulong seed)
        : base(session)
    {
        this.bytes = bytes;
        try
        {
            sms = new(session, "gl_link_both", bytes, ways: 2);
            up = Own(new CopyRing(session, Stream, bytes, toDevice: true, pinned: true, seed));
            down = Own(new CopyRing(session, Stream, bytes, toDevice: false, pinned: true, ~seed));
            Round();
            if (Verify() is { } wrong) throw new InvalidOperationException($"a copy is wrong: {wrong}");
            Calibrate();
            up.Poison();
            down.Poison();
            Round();
            var facts = TimingFacts();
            facts["bytes"] = Units.BytesText(bytes);
            facts["memory"] = "pinned";
            facts["buffers"] = string.Create(CultureInfo.InvariantCulture, $"{up.Count} each way");
            facts["kernel"] = sms.Name;
            Facts = facts;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override Ceiling? Ceiling => LinkPeak.Of(Session.Device, ways: 2);

    public override IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>What goes to the host, for tests that plant an error.</summary>
    internal CopyRing Down => down;

    protected override double Work => 2.0 * bytes;

    public override string? Verify() => up.Wrong() is { } wrongUp ? $"to the device: {wrongUp}" : down.Wrong() is { } wrongDown ? $"to the host: {wrongDown}" : null;

    protected override void Queue() => sms.Queue(Stream, up.Next(), down.Next());

    /// <summary>Both directions begin and end with their launch, so that each has half of its bytes.</summary>
    protected override void Add(ref SampleSink sink, long start, double nanoseconds)
    {
        var (end, each) = (start + (long)nanoseconds, bytes * Batch * 1e9 / nanoseconds);
        sink.Add(0, start, end, Batch, 2 * each);
        sink.Add(1, start, end, Batch, each);
        sink.Add(2, start, end, Batch, each);
    }

    void Round()
    {
        for (var i = 0; i < up.Count; i++) Queue();
        Stream.Synchronize();
    }
}
