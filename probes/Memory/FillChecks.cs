using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Memory;

/// <summary>The fills against the host's own random numbers; the checks of fills against planted errors.</summary>
static class FillChecks
{
    /// <summary>Vectors of 16 bytes: no multiple of a block, and more than one trip of the loops.</summary>
    const int Count = 2077;

    static readonly KernelShape shape = new(5, 96);

    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        new("fill", ["gl_fill", "gl_check_fill"], Fill),
        new("fill.double", ["gl_fill_double"], FillDouble),
    ];

    /// <summary>Words that <c>gl_fill</c> leaves in <paramref name="vectors"/> vectors.</summary>
    public static uint[] Words(ulong seed, int vectors)
    {
        var random = new SplitMix(seed);
        var words = new uint[4 * vectors];
        for (var i = 0; i < words.Length; i += 2)
        {
            var bits = random.Next();
            (words[i], words[i + 1]) = ((uint)bits, (uint)(bits >> 32));
        }
        return words;
    }

    /// <summary>Numbers that <c>gl_fill_double</c> leaves in <paramref name="vectors"/> vectors: from 1 to below 2.</summary>
    public static double[] Doubles(ulong seed, int vectors)
    {
        var random = new SplitMix(seed);
        var numbers = new double[2 * vectors];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = 1 + (random.Next() >> 12) * Math.ScaleB(1, -52);
        return numbers;
    }

    /// <summary>What a checking kernel found: how many vectors, and the first.</summary>
    public static (uint Count, ulong First) Mismatches(IKernelRunner on, string kernel, params ReadOnlySpan<KernelArgument> arguments)
    {
        var found = on.Allocate<ulong>([ulong.MaxValue, 0]);
        on.Launch(kernel, shape, [.. arguments, found]);
        var result = on.Download<ulong>(found, 2);
        return ((uint)result[1], result[0]);
    }

    /// <summary>Null where a checking kernel finds nothing wrong in what is right, and just the vector that was then changed.</summary>
    public static string? FindsPlanted(IKernelRunner on, ulong array, int vector, string kernel, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (Mismatches(on, kernel, arguments) is var (none, first) && none != 0)
            return string.Create(CultureInfo.InvariantCulture, $"{kernel} says that {none} vectors are wrong, the first {first}");
        var at = array + 16 * (ulong)vector;
        var word = on.Download<uint>(at, 1)[0];
        on.Upload(at, BitConverter.GetBytes(word ^ 1));
        var planted = Mismatches(on, kernel, arguments);
        on.Upload(at, BitConverter.GetBytes(word));
        return planted == (1, (ulong)vector) ? null : string.Create(CultureInfo.InvariantCulture,
            $"{kernel} says that {planted.Count} vectors are wrong, the first {planted.First}, where only {vector} is");
    }

    static string? Fill(IKernelRunner on, ulong seed)
    {
        var array = on.Allocate(16 * Count);
        on.Launch("gl_fill", shape, array, (ulong)Count, seed);
        return Differences.First("gl_fill", Words(seed, Count), on.Download<uint>(array, 4 * Count))
            ?? FindsPlanted(on, array, (int)(seed % Count), "gl_check_fill", array, (ulong)Count, seed);
    }

    static string? FillDouble(IKernelRunner on, ulong seed)
    {
        var array = on.Allocate(16 * Count);
        on.Launch("gl_fill_double", shape, array, (ulong)Count, seed);
        return Differences.First("gl_fill_double", Doubles(seed, Count), on.Download<double>(array, 2 * Count));
    }
}
