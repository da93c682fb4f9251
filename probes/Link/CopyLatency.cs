using System.Globalization;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Link;

/// <summary>A copy of four bytes to the device that is waited for, spinning: what the shortest transfer costs the host.</summary>
sealed unsafe class CopyLatencyProbe : IPreparedProbe
{
    const int Copies = 100;

    readonly CudaStream stream;
    readonly DeviceMemory there;
    readonly PinnedMemory here;

    public CopyLatencyProbe(CudaSession session, ulong seed)
    {
        stream = new(session.Context);
        try
        {
            there = new(session.Context, sizeof(uint));
            here = new(session.Context, 2 * sizeof(uint));
            *Word = (uint)seed;
            there.Fill(0xDB, stream);
            Copy();
            if (Verify() is { } wrong) throw new InvalidOperationException(wrong);
            there.Fill(0xDB, stream);
            Copy();
            Facts = new Dictionary<string, string>
            {
                ["device"] = session.Device.Name,
                ["memory"] = "pinned",
                ["timing"] = string.Create(CultureInfo.InvariantCulture, $"host clock round {Copies} copies of {sizeof(uint)} bytes, each waited for"),
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

    uint* Word => (uint*)here.Start;

    public void Sample(ref SampleSink sink)
    {
        var start = Monotonic.Now;
        for (var i = 0; i < Copies; i++)
        {
            // Another number each time, so that a copy that was not made shows in the last.
            ++*Word;
            Copy();
        }
        var end = Monotonic.Now;
        sink.Add(0, start, end, Copies, (end - start) * 1e-9 / Copies);
    }

    public string? Verify()
    {
        var back = Word + 1;
        there.CopyTo(back, sizeof(uint), 0, stream);
        stream.Synchronize();
        return *back == *Word ? null : string.Create(CultureInfo.InvariantCulture, $"the device has {*back:x8} instead of {*Word:x8}");
    }

    public void Dispose()
    {
        here?.Dispose();
        there?.Dispose();
        stream.Dispose();
    }

    void Copy()
    {
        there.CopyFrom(Word, sizeof(uint), 0, stream);
        stream.Synchronize();
    }
}
