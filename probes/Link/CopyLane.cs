using GpuLab.Probes.Cuda;
using DriverCalls = GpuLab.Probes.Cuda.Cuda;

namespace GpuLab.Probes.Link;

/// <summary>One direction of copies that are queued ahead of their end. Nothing here allocates managed memory between a phase's begin and end.</summary>
sealed class CopyLane : IDisposable
{
    const int Depth = 2;

    /// <summary>Nanoseconds of a batch at least.</summary>
    const double Shortest = 1e6;

    const int Most = 256;

    readonly CudaSession session;
    readonly CudaStream stream;
    readonly CudaEvent[] starts, ends;
    readonly CopyRing ring;
    readonly long bytes;
    int first, pending, depth = Depth;

    public CopyLane(CudaSession session, long bytes, bool toDevice, ulong seed)
    {
        (this.session, this.bytes) = (session, bytes);
        stream = new(session.Context);
        starts = [.. Enumerable.Range(0, Depth).Select(_ => new CudaEvent(session.Context))];
        ends = [.. Enumerable.Range(0, Depth).Select(_ => new CudaEvent(session.Context))];
        try
        {
            ring = new(session, stream, bytes, toDevice, pinned: true, seed);
            session.Clock.Renew();
            for (Batch = ring.Count; ; Batch *= 2)
            {
                Refill();
                ends[first].Synchronize();
                _ = Collect();
                Drain();
                if ((End - Start) >= Shortest || Batch >= Most) break;
            }
            if (ring.Wrong() is { } wrong) throw new InvalidOperationException($"a copy is wrong: {wrong}");
            ring.Poison();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Copies of a batch; all buffers of the ring at least.</summary>
    public int Batch { get; }

    /// <summary>Of the batch collected last, nanoseconds of the host's clock.</summary>
    public long Start { get; private set; }

    public long End { get; private set; }

    /// <summary>Bytes a second of the batch collected last.</summary>
    public double Rate { get; private set; }

    public bool IsDone => pending > 0 && ends[first].IsPassed;

    public void Begin(bool paced) => depth = paced ? 1 : Depth;

    public void Refill()
    {
        while (pending < depth)
        {
            var slot = (first + pending) % Depth;
            starts[slot].Record(stream);
            for (var i = 0; i < Batch; i++) ring.Queue(stream);
            ends[slot].Record(stream);
            pending++;
        }
    }

    /// <summary>Takes the figures of the oldest batch, which is done. Always true.</summary>
    public bool Collect()
    {
        var time = ends[first].Since(starts[first]);
        Start = session.Clock.HostTime(starts[first]);
        End = Start + (long)time;
        Rate = Batch * (double)bytes * 1e9 / time;
        first = (first + 1) % Depth;
        pending--;
        return true;
    }

    /// <summary>Waits for what is queued, and forgets it.</summary>
    public void Drain()
    {
        stream.Synchronize();
        pending = 0;
    }

    public string? Wrong()
    {
        Drain();
        return ring.Wrong();
    }

    public void Dispose()
    {
        _ = DriverCalls.cuStreamSynchronize(stream.Raw);
        ring?.Dispose();
        foreach (var e in starts.Concat(ends)) e.Dispose();
        stream.Dispose();
    }
}
