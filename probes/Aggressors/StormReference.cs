using GpuLab.Probes.Memory;

namespace GpuLab.Probes.Aggressors;

/// <summary>Where the kernels of storms.cu go in memory, one access after another: what they leave behind follows from it and from the portions that a block did.</summary>
static class StormReference
{
    /// <summary><c>GL_PORTION</c> of storms.cu and <c>GL_IN_FLIGHT</c> of common.cuh.</summary>
    public const int Portion = 8, InFlight = 8;

    /// <summary>Accesses of a thread in a portion.</summary>
    public const int Accesses = Portion * InFlight;

    /// <summary>Vectors that a thread of a walk over <paramref name="count"/> vectors comes by.</summary>
    public static IEnumerable<long> Walk(long first, long step, long count, uint portions)
    {
        var at = first;
        for (var trip = 0L; trip < (long)portions * Portion; trip++)
        {
            if (at + (InFlight - 1) * step >= count) at = first;
            for (var u = 0; u < InFlight; u++) yield return at + u * step;
            at += InFlight * step;
        }
    }

    /// <summary>Vectors that a thread of gl_storm_pages comes by.</summary>
    /// <param name="threads">Of the launch.</param>
    /// <param name="span">Vectors from page to page, a power of two.</param>
    public static IEnumerable<long> Pages(ulong seed, long thread, long threads, uint pages, uint span, uint portions)
    {
        for (var load = 0L; load < (long)portions * Accesses; load++)
        {
            var r = StreamReference.Random(seed, (ulong)(thread + load * threads));
            yield return (long)((r >> 32) * pages >> 32) * span + ((uint)r & (span - 1));
        }
    }

    /// <summary>Exclusive or of the words of some vectors of an array that gl_fill filled.</summary>
    public static uint Folded(ulong seed, IEnumerable<long> vectors)
    {
        var sum = 0ul;
        foreach (var vector in vectors)
        {
            var (low, high) = StreamReference.Filled(seed, (ulong)vector);
            sum ^= low ^ high;
        }
        return (uint)sum ^ (uint)(sum >> 32);
    }
}
