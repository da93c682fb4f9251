using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;

namespace GpuLab.Probes.Link;

/// <summary>Which way a copy goes.</summary>
enum Route
{
    /// <summary>From memory of the device to memory of the device.</summary>
    Within,

    /// <summary>From pinned memory of the host to the device.</summary>
    Up,

    /// <summary>From the device to pinned memory of the host.</summary>
    Down,
}

/// <summary>Two arrays of one size and the way between them. The source is filled from a seed; both lie in addresses that the device sees.</summary>
sealed unsafe class CopyPath : IDisposable
{
    /// <summary>Vectors at either end that the host compares with its own reference.</summary>
    const int Ends = 256;

    const byte PoisonByte = 0xDB;

    readonly DeviceMemory device;
    readonly DeviceMemory? second;
    readonly PinnedMemory? host;
    readonly long vectors;
    readonly ulong seed;

    /// <param name="vectors">Of 16 bytes.</param>
    public CopyPath(CudaSession session, CudaStream stream, Route route, long vectors, ulong seed)
    {
        (Route, this.vectors, this.seed) = (route, vectors, seed);
        try
        {
            device = new(session.Context, Bytes);
            if (route == Route.Within) second = new(session.Context, Bytes);
            else host = new(session.Context, Bytes);
            var other = second?.Start ?? host!.OnDevice;
            (From, To) = route == Route.Up ? (other, device.Start) : (device.Start, other);
            DeviceFill.Queue(session, stream, From, vectors, seed);
            stream.Synchronize();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Route Route { get; }

    public long Bytes => vectors * Vector16.Size;

    public CUdeviceptr From { get; }

    public CUdeviceptr To { get; }

    /// <summary>Queues a copy of all of it by a copy engine, over the link. No managed allocation.</summary>
    public void QueueByEngine(CudaStream stream)
    {
        if (Route == Route.Up) device.CopyFrom(host!.Start, Bytes, 0, stream);
        else device.CopyTo(host!.Start, Bytes, 0, stream);
    }

    /// <summary>Writes over the destination; the stream is idle after it.</summary>
    public void Poison(CudaStream stream)
    {
        if (Route != Route.Down) (second ?? device).Fill(PoisonByte, stream);
        stream.Synchronize();
        if (Route == Route.Down) NativeMemory.Fill(host!.Start, (nuint)Bytes, PoisonByte);
    }

    /// <summary>Compares all of the destination on the device, and the ends of what came to the host as the host sees them; null when right.</summary>
    public string? Wrong(DeviceCheck check)
    {
        if (check.WrongFill(To, vectors, seed) is { } wrong) return wrong;
        for (var i = 0L; Route == Route.Down && i < vectors; i++)
        {
            if (i == Ends) i = Math.Max(i, vectors - Ends);
            if (((Vector16*)host!.Start)[i] != StreamReference.Filled(seed, (ulong)i)) return string.Create(CultureInfo.InvariantCulture, $"vector {i} on the host is not what the seed gives");
        }
        return null;
    }

    public void Dispose()
    {
        host?.Dispose();
        second?.Dispose();
        device?.Dispose();
    }
}
