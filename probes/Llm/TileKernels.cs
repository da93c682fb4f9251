using System.Runtime.CompilerServices;

namespace GpuLab.Probes.Llm;

/// <summary>
/// Products of a few rows of activations with one panel of weights: the only loops that matrix products and attention are made of.
/// Every output is one register lane that goes through the inputs in order, so its rounding depends neither on how many rows are
/// computed together nor on how the inputs are cut into blocks: a batch gives the bits of its singles, decoding those of a prefill.
/// </summary>
/// <remarks>Optimised at once, because a loop that is replaced while it is timed is two loops.</remarks>
static unsafe class TileKernels<TLanes, TVector> where TLanes : struct, ILanes<TVector> where TVector : unmanaged
{
    const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
    const int Group = PanelLayout.Group;

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
        TVector l0 = TLanes.Zero, h0 = TLanes.Zero, l1 = TLanes.Zero, h1 = TLanes.Zero, l2 = TLanes.Zero, h2 = TLanes.Zero, l3 = TLanes.Zero, h3 = TLanes.Zero;
        if (add)
        {
            (l0, h0) = (TLanes.Load(c), TLanes.Load(c + TLanes.Count));
            (l1, h1) = (TLanes.Load(c + 2 * TLanes.Count), TLanes.Load(c + 3 * TLanes.Count));
            (l2, h2) = (TLanes.Load(c + 4 * TLanes.Count), TLanes.Load(c + 5 * TLanes.Count));
            (l3, h3) = (TLanes.Load(c + 6 * TLanes.Count), TLanes.Load(c + 7 * TLanes.Count));
        }
        for (; inputs > 0; inputs -= Group)
        {
            TVector s0 = default, t0 = default, s1 = default, t1 = default, s2 = default, t2 = default, s3 = default, t3 = default;
            if (TRow.Scaled)
            {
                Scales(panel + apart, out s1, out t1);
                Scales(panel + 2 * apart, out s2, out t2);
                Scales(panel + 3 * apart, out s3, out t3);
                panel = Scales(panel, out s0, out t0);
            }
            for (var k = Math.Min(inputs, Group); k > 0; k--)
            {
                var x = TLanes.Spread(*a);
                Step<TRow>(panel, x, s0, t0, ref l0, ref h0);
                Step<TRow>(panel + apart, x, s1, t1, ref l1, ref h1);
                Step<TRow>(panel + 2 * apart, x, s2, t2, ref l2, ref h2);
                Step<TRow>(panel + 3 * apart, x, s3, t3, ref l3, ref h3);
                panel += TRow.Bytes(TLanes.Count);
                a++;
            }
        }
        TLanes.Store(l0, c);
        TLanes.Store(h0, c + TLanes.Count);
        TLanes.Store(l1, c + 2 * TLanes.Count);
        TLanes.Store(h1, c + 3 * TLanes.Count);
        TLanes.Store(l2, c + 4 * TLanes.Count);
        TLanes.Store(h2, c + 5 * TLanes.Count);
        TLanes.Store(l3, c + 6 * TLanes.Count);
        TLanes.Store(h3, c + 7 * TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step<TRow>(byte* panel, TVector x, TVector lowScale, TVector highScale, ref TVector low, ref TVector high) where TRow : struct, IPanelRow<TVector>
    {
        TRow.Read(panel, out var l, out var h);
        if (TRow.Scaled) (l, h) = (TLanes.Multiply(l, lowScale), TLanes.Multiply(h, highScale));
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

    /// <summary>One row of activations by one panel.</summary>
    [MethodImpl(Hot)]
    static void Rows1<TRow>(byte* panel, int inputs, float* a, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        TVector l0 = TLanes.Zero, h0 = TLanes.Zero;
        if (add)
        {
            (l0, h0) = (TLanes.Load(c), TLanes.Load(c + TLanes.Count));
        }
        for (; inputs > 0; inputs -= Group)
        {
            TVector lowScale = default, highScale = default;
            if (TRow.Scaled) panel = Scales(panel, out lowScale, out highScale);
            for (var k = Math.Min(inputs, Group); k > 0; k--)
            {
                TRow.Read(panel, out var low, out var high);
                if (TRow.Scaled) (low, high) = (TLanes.Multiply(low, lowScale), TLanes.Multiply(high, highScale));
                var x = TLanes.Spread(a[0]);
                (l0, h0) = (TLanes.MultiplyAdd(x, low, l0), TLanes.MultiplyAdd(x, high, h0));
                panel += TRow.Bytes(TLanes.Count);
                a += 1;
            }
        }
        TLanes.Store(l0, c);
        TLanes.Store(h0, c + TLanes.Count);
    }

    /// <summary>Two rows of activations by one panel.</summary>
    [MethodImpl(Hot)]
    static void Rows2<TRow>(byte* panel, int inputs, float* a, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        TVector l0 = TLanes.Zero, h0 = TLanes.Zero;
        TVector l1 = TLanes.Zero, h1 = TLanes.Zero;
        if (add)
        {
            (l0, h0) = (TLanes.Load(c), TLanes.Load(c + TLanes.Count));
            (l1, h1) = (TLanes.Load(c + stride), TLanes.Load(c + stride + TLanes.Count));
        }
        for (; inputs > 0; inputs -= Group)
        {
            TVector lowScale = default, highScale = default;
            if (TRow.Scaled) panel = Scales(panel, out lowScale, out highScale);
            for (var k = Math.Min(inputs, Group); k > 0; k--)
            {
                TRow.Read(panel, out var low, out var high);
                if (TRow.Scaled) (low, high) = (TLanes.Multiply(low, lowScale), TLanes.Multiply(high, highScale));
                var x = TLanes.Spread(a[0]);
                (l0, h0) = (TLanes.MultiplyAdd(x, low, l0), TLanes.MultiplyAdd(x, high, h0));
                x = TLanes.Spread(a[1]);
                (l1, h1) = (TLanes.MultiplyAdd(x, low, l1), TLanes.MultiplyAdd(x, high, h1));
                panel += TRow.Bytes(TLanes.Count);
                a += 2;
            }
        }
        TLanes.Store(l0, c);
        TLanes.Store(h0, c + TLanes.Count);
        TLanes.Store(l1, c + stride);
        TLanes.Store(h1, c + stride + TLanes.Count);
    }

    /// <summary>Four rows of activations by one panel.</summary>
    [MethodImpl(Hot)]
    static void Rows4<TRow>(byte* panel, int inputs, float* a, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        TVector l0 = TLanes.Zero, h0 = TLanes.Zero;
        TVector l1 = TLanes.Zero, h1 = TLanes.Zero;
        TVector l2 = TLanes.Zero, h2 = TLanes.Zero;
        TVector l3 = TLanes.Zero, h3 = TLanes.Zero;
        if (add)
        {
            (l0, h0) = (TLanes.Load(c), TLanes.Load(c + TLanes.Count));
            (l1, h1) = (TLanes.Load(c + stride), TLanes.Load(c + stride + TLanes.Count));
            (l2, h2) = (TLanes.Load(c + 2 * stride), TLanes.Load(c + 2 * stride + TLanes.Count));
            (l3, h3) = (TLanes.Load(c + 3 * stride), TLanes.Load(c + 3 * stride + TLanes.Count));
        }
        for (; inputs > 0; inputs -= Group)
        {
            TVector lowScale = default, highScale = default;
            if (TRow.Scaled) panel = Scales(panel, out lowScale, out highScale);
            for (var k = Math.Min(inputs, Group); k > 0; k--)
            {
                TRow.Read(panel, out var low, out var high);
                if (TRow.Scaled) (low, high) = (TLanes.Multiply(low, lowScale), TLanes.Multiply(high, highScale));
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
        }
        TLanes.Store(l0, c);
        TLanes.Store(h0, c + TLanes.Count);
        TLanes.Store(l1, c + stride);
        TLanes.Store(h1, c + stride + TLanes.Count);
        TLanes.Store(l2, c + 2 * stride);
        TLanes.Store(h2, c + 2 * stride + TLanes.Count);
        TLanes.Store(l3, c + 3 * stride);
        TLanes.Store(h3, c + 3 * stride + TLanes.Count);
    }

    /// <summary>Six rows of activations by one panel.</summary>
    [MethodImpl(Hot)]
    static void Rows6<TRow>(byte* panel, int inputs, float* a, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        TVector l0 = TLanes.Zero, h0 = TLanes.Zero;
        TVector l1 = TLanes.Zero, h1 = TLanes.Zero;
        TVector l2 = TLanes.Zero, h2 = TLanes.Zero;
        TVector l3 = TLanes.Zero, h3 = TLanes.Zero;
        TVector l4 = TLanes.Zero, h4 = TLanes.Zero;
        TVector l5 = TLanes.Zero, h5 = TLanes.Zero;
        if (add)
        {
            (l0, h0) = (TLanes.Load(c), TLanes.Load(c + TLanes.Count));
            (l1, h1) = (TLanes.Load(c + stride), TLanes.Load(c + stride + TLanes.Count));
            (l2, h2) = (TLanes.Load(c + 2 * stride), TLanes.Load(c + 2 * stride + TLanes.Count));
            (l3, h3) = (TLanes.Load(c + 3 * stride), TLanes.Load(c + 3 * stride + TLanes.Count));
            (l4, h4) = (TLanes.Load(c + 4 * stride), TLanes.Load(c + 4 * stride + TLanes.Count));
            (l5, h5) = (TLanes.Load(c + 5 * stride), TLanes.Load(c + 5 * stride + TLanes.Count));
        }
        for (; inputs > 0; inputs -= Group)
        {
            TVector lowScale = default, highScale = default;
            if (TRow.Scaled) panel = Scales(panel, out lowScale, out highScale);
            for (var k = Math.Min(inputs, Group); k > 0; k--)
            {
                TRow.Read(panel, out var low, out var high);
                if (TRow.Scaled) (low, high) = (TLanes.Multiply(low, lowScale), TLanes.Multiply(high, highScale));
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
        }
        TLanes.Store(l0, c);
        TLanes.Store(h0, c + TLanes.Count);
        TLanes.Store(l1, c + stride);
        TLanes.Store(h1, c + stride + TLanes.Count);
        TLanes.Store(l2, c + 2 * stride);
        TLanes.Store(h2, c + 2 * stride + TLanes.Count);
        TLanes.Store(l3, c + 3 * stride);
        TLanes.Store(h3, c + 3 * stride + TLanes.Count);
        TLanes.Store(l4, c + 4 * stride);
        TLanes.Store(h4, c + 4 * stride + TLanes.Count);
        TLanes.Store(l5, c + 5 * stride);
        TLanes.Store(h5, c + 5 * stride + TLanes.Count);
    }
}
