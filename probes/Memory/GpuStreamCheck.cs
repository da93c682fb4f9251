using System.Collections.Concurrent;
using System.Globalization;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Memory;

/// <summary>
/// What a streaming kernel must have left behind. Every vector is compared on the device; the first and the last of them also on the host,
/// against a reference that shares nothing with the kernels.
/// </summary>
sealed unsafe class GpuStreamCheck(CudaSession session, CudaStream stream, GpuStreamArrays arrays, GpuStreamKernel kind, long vectors, double scalar, uint pattern) : IDisposable
{
    /// <summary>Vectors compared on the host at either end.</summary>
    const int Ends = 1024;

    static readonly ConcurrentDictionary<(ulong, long), uint> sums = [];

    readonly DeviceCheck check = new(session, stream);

    /// <summary>Compares what the last launch left; null when right.</summary>
    /// <param name="grid">Of that launch.</param>
    public string? Wrong(GpuGrid grid) => kind == GpuStreamKernel.Read ? WrongSum(grid) : WrongOnDevice() ?? WrongOnHost(0) ?? WrongOnHost(Math.Max(0, vectors - Ends));

    public void Dispose() => check.Dispose();

    string? WrongSum(GpuGrid grid)
    {
        var words = new uint[grid.Blocks];
        fixed (uint* to = words) arrays.Written.CopyTo(to, words.Length * sizeof(uint), 0, stream);
        stream.Synchronize();
        uint sum = 0;
        foreach (var word in words) sum ^= word;
        var wanted = sums.GetOrAdd((arrays.Seed, vectors), key => StreamReference.Folded(key.Item1, key.Item2));
        return sum == wanted ? null : string.Create(CultureInfo.InvariantCulture, $"the words read fold to {sum:x8} instead of {wanted:x8}");
    }

    string? WrongOnDevice()
    {
        var (at, n) = (arrays.C.Address, (ulong)vectors);
        return kind switch
        {
            GpuStreamKernel.Write => check.Wrong("gl_check_pattern", vectors, at, n, pattern),
            GpuStreamKernel.Triad => check.Wrong("gl_check_triad", vectors, at, n, arrays.Seed, ~arrays.Seed, scalar),
            _ => check.WrongFill(arrays.C, vectors, arrays.Seed),
        };
    }

    string? WrongOnHost(long from)
    {
        var end = new Vector16[Math.Min(Ends, vectors - from)];
        fixed (Vector16* to = end) arrays.Written.CopyTo(to, end.Length * Vector16.Size, from * Vector16.Size, stream);
        stream.Synchronize();
        for (var i = 0; i < end.Length; i++)
        {
            var wanted = Expected((ulong)(from + i));
            if (end[i] != wanted) return string.Create(CultureInfo.InvariantCulture, $"vector {from + i} is {end[i].Low:x16} {end[i].High:x16} instead of {wanted.Low:x16} {wanted.High:x16}");
        }
        return null;
    }

    Vector16 Expected(ulong index) => kind switch
    {
        GpuStreamKernel.Write => StreamReference.Pattern(pattern, index),
        GpuStreamKernel.Triad => StreamReference.Triad(arrays.Seed, ~arrays.Seed, scalar, index),
        _ => StreamReference.Filled(arrays.Seed, index),
    };
}
