using GpuLab.Model;

namespace GpuLab.Probes.Latency;

/// <summary>One random cycle through all nodes of a working set, a node on each cache line.</summary>
static class DeviceRing
{
    /// <summary>Bytes from node to node: a line of the L2.</summary>
    public const int Line = 128;

    /// <summary>Hops between two looks at the kernel's counter; <c>GL_HOPS</c> of chase.cu.</summary>
    public const int Hops = 32;

    /// <summary>The node that follows each. Sattolo: of all orders, those that are a single cycle.</summary>
    public static uint[] Next(int nodes, ulong seed)
    {
        var random = new SplitMix(seed);
        var next = new uint[nodes];
        for (var i = 0; i < nodes; i++) next[i] = (uint)i;
        for (var i = nodes - 1; i > 0; i--)
        {
            var j = random.Below(i);
            (next[i], next[j]) = (next[j], next[i]);
        }
        return next;
    }

    /// <summary>Where a walk of some hops ends.</summary>
    public static uint Walk(ReadOnlySpan<uint> next, uint from, long hops)
    {
        // A whole lap leads back.
        for (hops %= next.Length; hops > 0; hops--) from = next[(int)from];
        return from;
    }
}
