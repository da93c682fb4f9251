using System.Globalization;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;
using DriverCalls = GpuLab.Probes.Cuda.Cuda;

namespace GpuLab.Probes.Link;

/// <summary>
/// Buffers on both sides of the link that one direction's copies go through by turns, so that none finds its data where the one before left
/// it. The source is filled from a seed on the device; what arrived is compared byte for byte.
/// </summary>
sealed unsafe class CopyRing : IDisposable
{
    /// <summary>Buffers; half as many where they would take more memory than this.</summary>
    const int Most = 4;

    const long Large = 1L << 30;

    /// <summary>Bytes compared at a time, and vectors at either end that are compared with the host's own reference.</summary>
    const int Piece = 8 << 20, Ends = 256;

    readonly CudaSession session;
    readonly CudaStream stream;
    readonly HostBuffer host, piece;
    readonly DeviceMemory device;
    readonly bool toDevice;
    readonly ulong seed;
    readonly long bytes, stride;
    readonly int count;
    readonly CUdeviceptr hostOnDevice;
    long turn;

    public CopyRing(CudaSession session, CudaStream stream, long bytes, bool toDevice, bool pinned, ulong seed)
    {
        (this.session, this.stream, this.bytes, this.toDevice, this.seed) = (session, stream, bytes, toDevice, seed);
        count = bytes * Most <= Large ? Most : Most / 2;
        // Buffers begin on a page, as a program's own do.
        stride = (bytes + 4095) / 4096 * 4096;
        try
        {
            device = new(session.Context, stride * count);
            host = new(session, stride * count, pinned);
            if (pinned) hostOnDevice = host.OnDevice;
            piece = new(session, Math.Min(Piece, stride * count), pin: true);
            DeviceFill.Queue(session, stream, device.Start, device.Bytes / Vector16.Size, seed);
            stream.Synchronize();
            if (toDevice)
            {
                // What is to be copied there again came from there; its ends are compared with numbers made here.
                CudaCall.Check(DriverCalls.cuMemcpyDtoHAsync_v2(host.Start, device.Start, (nuint)host.Bytes, stream.Raw));
                stream.Synchronize();
                if (WrongSource() is { } wrong) throw new InvalidOperationException($"the copy to the host that filled it is wrong: {wrong}");
            }
            Poison();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Count => count;

    /// <summary>For tests that plant an error.</summary>
    internal byte* Host => host.Start;

    internal CUdeviceptr Device => device.Start;

    /// <summary>Queues the next copy. No managed allocation.</summary>
    public void Queue(CudaStream on)
    {
        var at = turn++ % count * stride;
        if (toDevice) device.CopyFrom(host.Start + at, bytes, at, on);
        else device.CopyTo(host.Start + at, bytes, at, on);
    }

    /// <summary>Where the next copy goes from and to, as the device sees it; only where the host's memory is pinned.</summary>
    public (CUdeviceptr From, CUdeviceptr To) Next()
    {
        var at = turn++ % count * stride;
        return toDevice ? (hostOnDevice + at, device.Start + at) : (device.Start + at, hostOnDevice + at);
    }

    /// <summary>Writes over all destinations.</summary>
    public void Poison()
    {
        if (toDevice) device.Fill(0xDB, stream);
        else host.Poison();
        stream.Synchronize();
    }

    /// <summary>Compares all bytes of all buffers on both sides, after each has been copied once at least; null when right.</summary>
    public string? Wrong()
    {
        stream.Synchronize();
        for (var i = 0; i < count; i++)
        {
            for (long at = 0; at < bytes; at += piece.Bytes)
            {
                var length = (int)Math.Min(piece.Bytes, bytes - at);
                CudaCall.Check(DriverCalls.cuMemcpyDtoHAsync_v2(piece.Start, device.Start + (i * stride + at), (nuint)length, stream.Raw));
                stream.Synchronize();
                var there = new ReadOnlySpan<byte>(piece.Start, length);
                var here = new ReadOnlySpan<byte>(host.Start + i * stride + at, length);
                var same = there.CommonPrefixLength(here);
                if (same < length) return string.Create(CultureInfo.InvariantCulture, $"byte {at + same} of buffer {i} is {there[same]:x2} on the device and {here[same]:x2} on the host");
            }
        }
        return WrongSource();
    }

    public void Dispose()
    {
        host?.Dispose();
        piece?.Dispose();
        device?.Dispose();
    }

    /// <summary>Whether the host's first and last buffers begin with the numbers that the seed gives.</summary>
    string? WrongSource()
    {
        foreach (var buffer in (int[])[0, count - 1])
        {
            var vectors = new ReadOnlySpan<Vector16>(host.Start + buffer * stride, (int)Math.Min(Ends, bytes / Vector16.Size));
            for (var i = 0; i < vectors.Length; i++)
            {
                if (vectors[i] != StreamReference.Filled(seed, (ulong)(buffer * stride / Vector16.Size + i)))
                    return string.Create(CultureInfo.InvariantCulture, $"vector {i} of buffer {buffer} on the host is not what the seed gives");
            }
        }
        return null;
    }
}
