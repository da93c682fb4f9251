using System.Runtime.CompilerServices;

namespace GpuLab.Probes.Host;

/// <summary>A random cycle through all lines of a working set: the first word of each line is the address of the next one.</summary>
static unsafe class ChaseCycle
{
    public const int Line = 64;

    /// <summary>Loads per turn of the timed loop; steps are a multiple of it.</summary>
    public const int Unroll = 32;

    /// <summary>Writes the cycle. Sattolo's shuffle gives one cycle of full length, every one of them equally likely.</summary>
    public static void Build(byte* start, int lines, ulong seed)
    {
        var next = new uint[lines];
        for (var i = 0; i < lines; i++) next[i] = (uint)i;
        var state = seed | 1;
        for (var i = lines - 1; i > 0; i--)
        {
            state = state * 6364136223846793005 + 1442695040888963407;
            // High bits times i: uniform enough for fewer than 2^31 lines, and no division.
            var j = (int)((state >> 32) * (ulong)i >> 32);
            (next[i], next[j]) = (next[j], next[i]);
        }
        for (var i = 0; i < lines; i++) *(byte**)(start + (long)i * Line) = start + (long)next[i] * Line;
    }

    /// <summary>
    /// Checks that every line is the successor of exactly one line and, over at most <paramref name="most"/> steps, that the walk comes home
    /// after all lines and not before. Null when right.
    /// </summary>
    public static string? Wrong(byte* start, int lines, int most)
    {
        ulong sum = 0, squares = 0, sumExpected = 0, squaresExpected = 0;
        for (var i = 0; i < lines; i++)
        {
            var to = (ulong)(*(byte**)(start + (long)i * Line) - start);
            if (to >= (ulong)lines * Line || to % Line != 0) return $"line {i} points outside the working set";
            sum += to / Line;
            squares += to / Line * (to / Line);
            sumExpected += (ulong)i;
            squaresExpected += (ulong)i * (ulong)i;
        }
        if (sum != sumExpected || squares != squaresExpected) return "some line is reached twice and another never";
        var at = start;
        for (var step = 1; step <= Math.Min(lines, most); step++)
        {
            at = *(byte**)at;
            if (at == start != (step == lines)) return $"the walk is home after {step} of {lines} lines";
        }
        return null;
    }

    /// <summary>The timed loop.</summary>
    /// <param name="steps">A multiple of <see cref="Unroll"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void** Walk(void** p, long steps)
    {
        for (; steps > 0; steps -= Unroll)
        {
            p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p;
            p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p;
            p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p;
            p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p; p = (void**)*p;
        }
        return p;
    }
}
