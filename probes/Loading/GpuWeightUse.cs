using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;

namespace GpuLab.Probes.Loading;

/// <summary>Goes over all weights in a device's memory once, as the first step of a model would.</summary>
static unsafe class GpuWeightUse
{
    /// <summary>Σ word · (2 · its number + 1) over the 64-bit words of all that a place holds, modulo 2⁶⁴.</summary>
    public static ulong Sum(CudaContext context, CudaKernel kernel, GpuPlace place)
    {
        var grid = GpuGrid.Candidates(kernel, context.Device)[0];
        var sums = new ulong[grid.Blocks];
        using var there = new DeviceMemory(context, (long)sums.Length * sizeof(ulong));
        kernel.Launch(place.Stream, grid.Blocks, grid.Threads, 0, place.Memory.Start.Address, (ulong)(place.Memory.Bytes / Vector16.Size), there.Start.Address);
        fixed (ulong* to = sums) there.CopyTo(to, there.Bytes, 0, place.Stream);
        place.Stream.Synchronize();
        ulong total = 0;
        foreach (var sum in sums) total += sum;
        return total;
    }

    /// <summary>What bytes add to it that lie at a place in memory which holds zeros elsewhere.</summary>
    /// <param name="at">A multiple of 8.</param>
    public static ulong Part(byte* bytes, int length, long at)
    {
        ulong total = 0;
        for (var i = 0; i < length; i += sizeof(ulong))
        {
            var word = i + sizeof(ulong) <= length ? *(ulong*)(bytes + i) : Rest(bytes + i, length - i);
            total += word * (2 * (ulong)((at + i) / sizeof(ulong)) + 1);
        }
        return total;
    }

    static ulong Rest(byte* bytes, int count)
    {
        ulong word = 0;
        for (var i = 0; i < count; i++) word |= (ulong)bytes[i] << 8 * i;
        return word;
    }
}
