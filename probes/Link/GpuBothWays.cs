using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Link;

/// <summary>Copies in both directions at once, by the copy engines or by the SMs.</summary>
sealed class GpuBothWays(ProbeInfo info) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request)
    {
        var bytes = (long)request.Parameters.Number("bytes", info.Parameters[0].Default!.Value.Number);
        return request.Parameters.Word("by", LinkInfo.Engine) == LinkInfo.Sms ? new SmBothWaysProbe(CudaSession.Current, bytes, request.Seed) : new GpuBothWaysProbe(CudaSession.Current, bytes, request.Seed);
    }
}

/// <summary>
/// Two streams that are never without a copy, one a direction. A sample is the batches of both that were collected last: a batch of the slower
/// direction overlaps only others of the faster.
/// </summary>
sealed class GpuBothWaysProbe : IQueuedProbe
{
    readonly CudaSession session;
    readonly CopyLane up, down;
    bool rests;

    public GpuBothWaysProbe(CudaSession session, long bytes, ulong seed)
    {
        this.session = session;
        up = new(session, bytes, toDevice: true, seed);
        try
        {
            down = new(session, bytes, toDevice: false, ~seed);
        }
        catch
        {
            up.Dispose();
            throw;
        }
        Facts = new Dictionary<string, string>
        {
            ["device"] = session.Device.Name,
            ["bytes"] = Units.BytesText(bytes),
            ["memory"] = "pinned",
            ["batch"] = string.Create(CultureInfo.InvariantCulture, $"{up.Batch} to the device, {down.Batch} to the host"),
            ["timing"] = "pairs of events on two streams, neither ever empty",
            [LinkInfo.Directions] = "both at once",
            ["copy engines"] = session.Device.Attribute(CUdevice_attribute.AsyncEngineCount).ToString(CultureInfo.InvariantCulture),
        };
    }

    public Ceiling? Ceiling => LinkPeak.Of(session.Device, ways: 2);

    public IReadOnlyDictionary<string, string> Facts { get; }

    public void Begin(bool paced)
    {
        rests = paced;
        session.Clock.Renew();
        up.Begin(paced);
        down.Begin(paced);
    }

    public void Sample(ref SampleSink sink)
    {
        session.Clock.Renew();
        up.Refill();
        down.Refill();
        // Whichever is done is collected and queued again at once, so that neither direction waits for the other.
        bool gotUp = false, gotDown = false;
        while (!gotUp || !gotDown)
        {
            if (up.IsDone) gotUp = up.Collect();
            if (down.IsDone) gotDown = down.Collect();
            if (gotUp && gotDown) break;
            // What is queued now would fall into a rest.
            if (!rests || !gotUp) up.Refill();
            if (!rests || !gotDown) down.Refill();
        }
        Add(ref sink);
    }

    public void End(ref SampleSink sink)
    {
        // What is left runs beside nothing in its end, so it is no sample.
        up.Drain();
        down.Drain();
    }

    public string? Verify() => up.Wrong() is { } wrongUp ? $"to the device: {wrongUp}" : down.Wrong() is { } wrongDown ? $"to the host: {wrongDown}" : null;

    public void Dispose()
    {
        up.Dispose();
        down.Dispose();
    }

    void Add(ref SampleSink sink)
    {
        sink.Add(0, Math.Min(up.Start, down.Start), Math.Max(up.End, down.End), up.Batch + down.Batch, up.Rate + down.Rate);
        sink.Add(1, up.Start, up.End, up.Batch, up.Rate);
        sink.Add(2, down.Start, down.End, down.Batch, down.Rate);
    }
}
