using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Memory;

/// <summary>Random numbers in memory that the device sees.</summary>
static class DeviceFill
{
    /// <summary>Queues <c>gl_fill</c> over some vectors.</summary>
    public static void Queue(CudaSession session, CudaStream stream, CUdeviceptr at, long vectors, ulong seed, string kernel = "gl_fill")
    {
        var fill = session.Kernels[kernel];
        var (blocks, threads) = GpuGrid.Candidates(fill, session.Device)[0];
        fill.Launch(stream, blocks, threads, 0, at.Address, (ulong)vectors, seed);
    }
}

/// <summary>Runs a kernel of fill.cu that compares every vector on the device.</summary>
sealed unsafe class DeviceCheck(CudaSession session, CudaStream stream) : IDisposable
{
    readonly DeviceMemory found = new(session.Context, sizeof(Mismatch));

    /// <summary>Whether memory holds what <c>gl_fill</c> left elsewhere; null when it does.</summary>
    public string? WrongFill(CUdeviceptr at, long vectors, ulong seed) => Wrong("gl_check_fill", vectors, at.Address, (ulong)vectors, seed);

    /// <param name="arguments">Of the kernel, without the last.</param>
    public string? Wrong(string kernel, long vectors, params ReadOnlySpan<KernelArgument> arguments)
    {
        var nothing = new Mismatch { First = ulong.MaxValue };
        found.CopyFrom(&nothing, sizeof(Mismatch), 0, stream);
        var check = session.Kernels[kernel];
        var (blocks, threads) = GpuGrid.Candidates(check, session.Device)[0];
        check.Launch(stream, blocks, threads, 0, [.. arguments, found.Start.Address]);
        Mismatch result;
        found.CopyTo(&result, sizeof(Mismatch), 0, stream);
        stream.Synchronize();
        return result.Count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{result.Count} of {vectors} vectors of {Vector16.Size} bytes are wrong, the first at {result.First}");
    }

    public void Dispose() => found.Dispose();

    /// <summary>gl_mismatch of fill.cu.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Mismatch
    {
        public ulong First;
        public uint Count, Unused;
    }
}
