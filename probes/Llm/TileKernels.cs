using System.Runtime.CompilerServices;

namespace GpuLab.Probes.Llm;

/// <summary>
/// Products of a few rows of activations with one panel of weights: the only loops that matrix products and attention are made of.
/// Every output is one register lane that goes through the inputs in order, so its rounding depends neither on how many rows are
/// computed together nor on how the inputs are cut into blocks: a batch gives the bits of its singles, decoding those of a prefill.
/// Weights with scales are summed as integers times activations, and a group's sum is scaled once.
/// </summary>
/// <remarks>Optimised at once, because a loop that is replaced while it is timed is two loops.</remarks>
static unsafe class TileKernels<TLanes, TVector> where TLanes : struct, ILanes<TVector> where TVector : unmanaged
{
    const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
    const int Group = Quantised.Group;

    /// <summary>Multiplies the rows of a tile with a panel.</summary>
    /// <param name="panel">Where its rows, or the scales before them, begin.</param>
    /// <param name="inputs">Rows of the panel.</param>
    /// <param name="a">Activations, the rows of the tile side by side for each input.</param>
    /// <param name="rows">1, 2, 4 or 6.</param>
    /// <param name="c">Results, one row after another <paramref name="stride"/> numbers apart.</param>
    /// <param name="add">Whether to add to what is there.</param>
    public static void Tile<TRow>(byte* panel, int inputs, float* a, int rows, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        switch (rows)
        {
            case 1: Rows1<TRow>(panel, inputs, a, c, stride, add); break;
            case 2: Rows2<TRow>(panel, inputs, a, c, stride, add); break;
            case 4: Rows4<TRow>(panel, inputs, a, c, stride, add); break;
            default: Rows6<TRow>(panel, inputs, a, c, stride, add); break;
        }
    }

    /// <summary>One row by four panels that lie <paramref name="apart"/> bytes apart: enough chains to hide the latency of an addition.</summary>
    [MethodImpl(Hot)]
    public static void Panels4<TRow>(byte* panel, nint apart, int inputs, float* a, float* c, bool add) where TRow : struct, IPanelRow<TVector>
    {
        for (; inputs > 0; inputs -= Group)
        {
            var count = TRow.Scaled ? Math.Min(inputs, Group) : inputs;
            TVector s0 = default, t0 = default, s1 = default, t1 = default, s2 = default, t2 = default, s3 = default, t3 = default;
            if (TRow.Scaled)
            {
                Scales(panel + apart, out s1, out t1);
                Scales(panel + 2 * apart, out s2, out t2);
                Scales(panel + 3 * apart, out s3, out t3);
                panel = Scales(panel, out s0, out t0);
            }
            Begin<TRow>(c, add, out var l0, out var h0);
            Begin<TRow>(c + 2 * TLanes.Count, add, out var l1, out var h1);
            Begin<TRow>(c + 4 * TLanes.Count, add, out var l2, out var h2);
            Begin<TRow>(c + 6 * TLanes.Count, add, out var l3, out var h3);
            for (var k = count; k > 0; k--)
            {
                var x = TLanes.Spread(*a);
                Step<TRow>(panel, x, ref l0, ref h0);
                Step<TRow>(panel + apart, x, ref l1, ref h1);
                Step<TRow>(panel + 2 * apart, x, ref l2, ref h2);
                Step<TRow>(panel + 3 * apart, x, ref l3, ref h3);
                panel += TRow.Bytes(TLanes.Count);
                a++;
            }
            End<TRow>(c, add, s0, t0, l0, h0);
            End<TRow>(c + 2 * TLanes.Count, add, s1, t1, l1, h1);
            End<TRow>(c + 4 * TLanes.Count, add, s2, t2, l2, h2);
            End<TRow>(c + 6 * TLanes.Count, add, s3, t3, l3, h3);
            if (!TRow.Scaled) return;
            add = true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step<TRow>(byte* panel, TVector x, ref TVector low, ref TVector high) where TRow : struct, IPanelRow<TVector>
    {
        TRow.Read(panel, out var l, out var h);
        low = TLanes.MultiplyAdd(x, l, low);
        high = TLanes.MultiplyAdd(x, h, high);
    }

    /// <summary>Reads the scales of a group; what follows them is returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static byte* Scales(byte* at, out TVector low, out TVector high)
    {
        TLanes.Bf16(at, out low, out high);
        return at + 4 * TLanes.Count;
    }

    /// <summary>Sums begin at zero, or at what is there; those of a group with scales are added to it at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Begin<TRow>(float* c, bool add, out TVector low, out TVector high) where TRow : struct, IPanelRow<TVector>
    {
        (low, high) = (TLanes.Zero, TLanes.Zero);
        if (!TRow.Scaled && add) (low, high) = (TLanes.Load(c), TLanes.Load(c + TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void End<TRow>(float* c, bool add, TVector lowScale, TVector highScale, TVector low, TVector high) where TRow : struct, IPanelRow<TVector>
    {
        if (TRow.Scaled && add) (low, high) = (TLanes.MultiplyAdd(low, lowScale, TLanes.Load(c)), TLanes.MultiplyAdd(high, highScale, TLanes.Load(c + TLanes.Count)));
        else if (TRow.Scaled) (low, high) = (TLanes.Multiply(low, lowScale), TLanes.Multiply(high, highScale));
        TLanes.Store(low, c);
        TLanes.Store(high, c + TLanes.Count);
    }

    /// <summary>One row of activations by one panel.</summary>
    [MethodImpl(Hot)]
    static void Rows1<TRow>(byte* panel, int inputs, float* a, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        for (; inputs > 0; inputs -= Group)
        {
            var count = TRow.Scaled ? Math.Min(inputs, Group) : inputs;
            TVector lowScale = default, highScale = default;
            if (TRow.Scaled) panel = Scales(panel, out lowScale, out highScale);
            Begin<TRow>(c, add, out var l0, out var h0);
            for (var k = count; k > 0; k--)
            {
                TRow.Read(panel, out var low, out var high);
                var x = TLanes.Spread(a[0]);
                (l0, h0) = (TLanes.MultiplyAdd(x, low, l0), TLanes.MultiplyAdd(x, high, h0));
                panel += TRow.Bytes(TLanes.Count);
                a++;
            }
            End<TRow>(c, add, lowScale, highScale, l0, h0);
            if (!TRow.Scaled) return;
            add = true;
        }
    }

    /// <summary>Two rows of activations by one panel.</summary>
    [MethodImpl(Hot)]
    static void Rows2<TRow>(byte* panel, int inputs, float* a, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        for (; inputs > 0; inputs -= Group)
        {
            var count = TRow.Scaled ? Math.Min(inputs, Group) : inputs;
            TVector lowScale = default, highScale = default;
            if (TRow.Scaled) panel = Scales(panel, out lowScale, out highScale);
            Begin<TRow>(c, add, out var l0, out var h0);
            Begin<TRow>(c + stride, add, out var l1, out var h1);
            for (var k = count; k > 0; k--)
            {
                TRow.Read(panel, out var low, out var high);
                var x = TLanes.Spread(a[0]);
                (l0, h0) = (TLanes.MultiplyAdd(x, low, l0), TLanes.MultiplyAdd(x, high, h0));
                x = TLanes.Spread(a[1]);
                (l1, h1) = (TLanes.MultiplyAdd(x, low, l1), TLanes.MultiplyAdd(x, high, h1));
                panel += TRow.Bytes(TLanes.Count);
                a += 2;
            }
            End<TRow>(c, add, lowScale, highScale, l0, h0);
            End<TRow>(c + stride, add, lowScale, highScale, l1, h1);
            if (!TRow.Scaled) return;
            add = true;
        }
    }

    /// <summary>Four rows of activations by one panel.</summary>
    [MethodImpl(Hot)]
    static void Rows4<TRow>(byte* panel, int inputs, float* a, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        for (; inputs > 0; inputs -= Group)
        {
            var count = TRow.Scaled ? Math.Min(inputs, Group) : inputs;
            TVector lowScale = default, highScale = default;
            if (TRow.Scaled) panel = Scales(panel, out lowScale, out highScale);
            Begin<TRow>(c, add, out var l0, out var h0);
            Begin<TRow>(c + stride, add, out var l1, out var h1);
            Begin<TRow>(c + 2 * stride, add, out var l2, out var h2);
            Begin<TRow>(c + 3 * stride, add, out var l3, out var h3);
            for (var k = count; k > 0; k--)
            {
                TRow.Read(panel, out var low, out var high);
                var x = TLanes.Spread(a[0]);
                (l0, h0) = (TLanes.MultiplyAdd(x, low, l0), TLanes.MultiplyAdd(x, high, h0));
                x = TLanes.Spread(a[1]);
                (l1, h1) = (TLanes.MultiplyAdd(x, low, l1), TLanes.MultiplyAdd(x, high, h1));
                x = TLanes.Spread(a[2]);
                (l2, h2) = (TLanes.MultiplyAdd(x, low, l2), TLanes.MultiplyAdd(x, high, h2));
                x = TLanes.Spread(a[3]);
                (l3, h3) = (TLanes.MultiplyAdd(x, low, l3), TLanes.MultiplyAdd(x, high, h3));
                panel += TRow.Bytes(TLanes.Count);
                a += 4;
            }
            End<TRow>(c, add, lowScale, highScale, l0, h0);
            End<TRow>(c + stride, add, lowScale, highScale, l1, h1);
            End<TRow>(c + 2 * stride, add, lowScale, highScale, l2, h2);
            End<TRow>(c + 3 * stride, add, lowScale, highScale, l3, h3);
            if (!TRow.Scaled) return;
            add = true;
        }
    }

    /// <summary>Six rows of activations by one panel.</summary>
    [MethodImpl(Hot)]
    static void Rows6<TRow>(byte* panel, int inputs, float* a, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        for (; inputs > 0; inputs -= Group)
        {
            var count = TRow.Scaled ? Math.Min(inputs, Group) : inputs;
            TVector lowScale = default, highScale = default;
            if (TRow.Scaled) panel = Scales(panel, out lowScale, out highScale);
            Begin<TRow>(c, add, out var l0, out var h0);
            Begin<TRow>(c + stride, add, out var l1, out var h1);
            Begin<TRow>(c + 2 * stride, add, out var l2, out var h2);
            Begin<TRow>(c + 3 * stride, add, out var l3, out var h3);
            Begin<TRow>(c + 4 * stride, add, out var l4, out var h4);
            Begin<TRow>(c + 5 * stride, add, out var l5, out var h5);
            for (var k = count; k > 0; k--)
            {
                TRow.Read(panel, out var low, out var high);
                var x = TLanes.Spread(a[0]);
                (l0, h0) = (TLanes.MultiplyAdd(x, low, l0), TLanes.MultiplyAdd(x, high, h0));
                x = TLanes.Spread(a[1]);
                (l1, h1) = (TLanes.MultiplyAdd(x, low, l1), TLanes.MultiplyAdd(x, high, h1));
                x = TLanes.Spread(a[2]);
                (l2, h2) = (TLanes.MultiplyAdd(x, low, l2), TLanes.MultiplyAdd(x, high, h2));
                x = TLanes.Spread(a[3]);
                (l3, h3) = (TLanes.MultiplyAdd(x, low, l3), TLanes.MultiplyAdd(x, high, h3));
                x = TLanes.Spread(a[4]);
                (l4, h4) = (TLanes.MultiplyAdd(x, low, l4), TLanes.MultiplyAdd(x, high, h4));
                x = TLanes.Spread(a[5]);
                (l5, h5) = (TLanes.MultiplyAdd(x, low, l5), TLanes.MultiplyAdd(x, high, h5));
                panel += TRow.Bytes(TLanes.Count);
                a += 6;
            }
            End<TRow>(c, add, lowScale, highScale, l0, h0);
            End<TRow>(c + stride, add, lowScale, highScale, l1, h1);
            End<TRow>(c + 2 * stride, add, lowScale, highScale, l2, h2);
            End<TRow>(c + 3 * stride, add, lowScale, highScale, l3, h3);
            End<TRow>(c + 4 * stride, add, lowScale, highScale, l4, h4);
            End<TRow>(c + 5 * stride, add, lowScale, highScale, l5, h5);
            if (!TRow.Scaled) return;
            add = true;
        }
    }
}
