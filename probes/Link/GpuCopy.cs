using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Link;

/// <summary>Copies in one direction by the copy engine or by the SMs.</summary>
sealed class GpuCopy(ProbeInfo info, bool toDevice) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request)
    {
        var (bytes, pinned, bySms) = ((long)request.Parameters.Number("bytes", 64 << 20), request.Parameters.Word("memory", "pinned") == "pinned", request.Parameters.Word("by", LinkInfo.Engine) == LinkInfo.Sms);
        if (bySms && !pinned) throw new ProbeSkippedException("the SMs reach pinned memory of the host alone");
        return new GpuCopyProbe(CudaSession.Current, bytes, toDevice, pinned, request.Seed, bySms);
    }
}

/// <summary>Copies in one direction when prepared: batches back to back through a ring of buffers.</summary>
sealed class GpuCopyProbe : TimedProbe
{
    readonly CopyRing ring;
    readonly SmCopy? sms;
    readonly long bytes;
    readonly bool pinned;

    public GpuCopyProbe(CudaSession session, long bytes, bool toDevice, bool pinned, ulong seed, bool bySms = false)
        : base(session)
    {
        (this.bytes, this.pinned) = (bytes, pinned);
        try
        {
            if (bySms) sms = new(session, "gl_stream_copy", bytes);
            ring = Own(new CopyRing(session, Stream, bytes, toDevice, pinned, seed));
            Round();
            if (ring.Wrong() is { } wrong) throw new InvalidOperationException($"a copy is wrong: {wrong}");
            Calibrate();
            ring.Poison();
            Round();
            var facts = TimingFacts();
            facts["bytes"] = Units.BytesText(bytes);
            facts["memory"] = pinned ? "pinned" : "pageable";
            facts["buffers"] = ring.Count.ToString(CultureInfo.InvariantCulture);
            if (sms is not null) facts["kernel"] = sms.Name;
            else facts["copy engines"] = session.Device.Attribute(CUdevice_attribute.AsyncEngineCount).ToString(CultureInfo.InvariantCulture);
            Facts = facts;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What is pageable is bound by the host's own copying, about which the link says nothing.</summary>
    public override Ceiling? Ceiling => pinned ? LinkPeak.Of(Session.Device) : null;

    public override IReadOnlyDictionary<string, string> Facts { get; }

    internal CopyRing Ring => ring;

    protected override double Work => bytes;

    public override string? Verify() => ring.Wrong();

    protected override void Queue()
    {
        if (sms is null)
        {
            ring.Queue(Stream);
            return;
        }
        var (from, to) = ring.Next();
        sms.Queue(Stream, from, to);
    }

    /// <summary>Each buffer once, so that no destination is left as it was poisoned.</summary>
    void Round()
    {
        for (var i = 0; i < ring.Count; i++) Queue();
        Stream.Synchronize();
    }
}
