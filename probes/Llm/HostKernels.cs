using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuLab.Probes.Llm;

/// <summary>The vector loops of the forward pass in one width of registers.</summary>
abstract unsafe class HostKernels
{
    /// <summary>Those that this processor can run, the widest first; empty without fused multiply-adds.</summary>
    public static IReadOnlyList<HostKernels> Supported { get; } = Known();

    /// <summary>Numbers in a register.</summary>
    public abstract int Lanes { get; }

    /// <summary>Multiplies packed rows with some panels of a matrix.</summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="packed">Activations in tiles (<see cref="RowTile"/>).</param>
    /// <param name="c">Results: a row every <paramref name="stride"/> numbers, output 0 of the matrix at its beginning.</param>
    /// <param name="add">Whether to add to what is there.</param>
    public abstract void Multiply(in PanelLayout layout, byte* weights, int first, int end, float* packed, int rows, float* c, nint stride, bool add);

    /// <summary>One tile by one bf16 panel.</summary>
    public abstract void Tile(byte* panel, int inputs, float* a, int rows, float* c, nint stride, bool add);

    /// <summary>One tile by one panel of single-precision numbers, as many as two registers hold for each input.</summary>
    public abstract void TileSingle(byte* panel, int inputs, float* a, int rows, float* c, nint stride, bool add);

    /// <summary>x · w / √(mean of x² + ε)</summary>
    public abstract void Norm(float* x, float* w, int n, float epsilon, float* into);

    /// <summary>gate ← gate · σ(gate) · up, of whole registers.</summary>
    public abstract void Gate(float* gate, float* up, int n);

    /// <summary>The exponentials of the first <paramref name="count"/> numbers less their largest; zeros after them up to <paramref name="padded"/>, whole registers.</summary>
    /// <returns>Their sum.</returns>
    public abstract float Exponentials(float* x, int count, int padded);

    static HostKernels[] Known()
    {
        if (!Fma.IsSupported || !Avx2.IsSupported) return [];
        HostKernels narrow = new HostKernels<Lanes256, Vector256<float>>();
        return Avx512F.IsSupported ? [new HostKernels<Lanes512, Vector512<float>>(), narrow] : [narrow];
    }

    public override string ToString() => Lanes == 16 ? "512-bit multiply-adds" : "256-bit multiply-adds";
}

sealed unsafe class HostKernels<TLanes, TVector> : HostKernels where TLanes : struct, ILanes<TVector> where TVector : unmanaged
{
    /// <summary>Inputs of a block: with a panel of them and a tile of activations, the first-level cache is filled.</summary>
    const int InputBlock = 512;

    /// <summary>Activations that panels are multiplied with before the next ones come, in numbers, and in rows.</summary>
    const int RowBlockNumbers = 512 << 10, LeastRowBlock = 24, MostRowBlock = 192;

    public override int Lanes => TLanes.Count;

    public override void Multiply(in PanelLayout layout, byte* weights, int first, int end, float* packed, int rows, float* c, nint stride, bool add)
    {
        switch (layout.Format)
        {
            case WeightFormat.Bf16: Product<Bf16Row<TLanes, TVector>>(layout, weights, first, end, packed, rows, c, stride, add); break;
            case WeightFormat.Int8: Product<Int8Row<TLanes, TVector>>(layout, weights, first, end, packed, rows, c, stride, add); break;
            default: Product<Int4Row<TLanes, TVector>>(layout, weights, first, end, packed, rows, c, stride, add); break;
        }
    }

    public override void Tile(byte* panel, int inputs, float* a, int rows, float* c, nint stride, bool add) =>
        TileKernels<TLanes, TVector>.Tile<Bf16Row<TLanes, TVector>>(panel, inputs, a, rows, c, stride, add);

    public override void TileSingle(byte* panel, int inputs, float* a, int rows, float* c, nint stride, bool add) =>
        TileKernels<TLanes, TVector>.Tile<SingleRow<TLanes, TVector>>(panel, inputs, a, rows, c, stride, add);

    static void Product<TRow>(in PanelLayout layout, byte* weights, int first, int end, float* packed, int rows, float* c, nint stride, bool add) where TRow : struct, IPanelRow<TVector>
    {
        if (rows == 1)
        {
            Single<TRow>(layout, weights, first, end, packed, c, add);
            return;
        }
        var block = Math.Clamp(RowBlockNumbers / layout.Inputs, LeastRowBlock, MostRowBlock) / RowTile.Most * RowTile.Most;
        for (var top = 0; top < rows; top += block)
        {
            var bottom = Math.Min(rows, top + block);
            for (var panel = first; panel < end; panel++)
            {
                for (var input = 0; input < layout.Inputs; input += InputBlock)
                {
                    var inputs = Math.Min(InputBlock, layout.Inputs - input);
                    var at = weights + panel * layout.PanelBytes + layout.Offset(input);
                    for (var row = top; row < bottom;)
                    {
                        var tile = RowTile.At(row, rows);
                        TileKernels<TLanes, TVector>.Tile<TRow>(at, inputs, packed + (long)row * layout.Inputs + (long)input * tile.Rows, tile.Rows,
                            c + row * stride + panel * layout.Width, stride, add || input > 0);
                        row += tile.Rows;
                    }
                }
            }
        }
    }

    static void Single<TRow>(in PanelLayout layout, byte* weights, int first, int end, float* a, float* c, bool add) where TRow : struct, IPanelRow<TVector>
    {
        var panel = first;
        for (; panel + 4 <= end; panel += 4)
            TileKernels<TLanes, TVector>.Panels4<TRow>(weights + panel * layout.PanelBytes, (nint)layout.PanelBytes, layout.Inputs, a, c + panel * layout.Width, add);
        for (; panel < end; panel++)
            TileKernels<TLanes, TVector>.Tile<TRow>(weights + panel * layout.PanelBytes, layout.Inputs, a, 1, c + panel * layout.Width, 0, add);
    }

    public override void Norm(float* x, float* w, int n, float epsilon, float* into)
    {
        var squares = TLanes.Zero;
        var i = 0;
        for (; i <= n - TLanes.Count; i += TLanes.Count) squares = TLanes.MultiplyAdd(TLanes.Load(x + i), TLanes.Load(x + i), squares);
        var sum = TLanes.Sum(squares);
        for (; i < n; i++) sum += x[i] * x[i];
        var scale = 1 / MathF.Sqrt(sum / n + epsilon);
        var spread = TLanes.Spread(scale);
        for (i = 0; i <= n - TLanes.Count; i += TLanes.Count) TLanes.Store(TLanes.Multiply(TLanes.Multiply(TLanes.Load(x + i), spread), TLanes.Load(w + i)), into + i);
        for (; i < n; i++) into[i] = x[i] * scale * w[i];
    }

    public override void Gate(float* gate, float* up, int n)
    {
        var (one, minus) = (TLanes.Spread(1), TLanes.Spread(-1));
        for (var i = 0; i < n; i += TLanes.Count)
        {
            var g = TLanes.Load(gate + i);
            var swish = TLanes.Divide(g, TLanes.Add(one, TLanes.Exp(TLanes.Multiply(g, minus))));
            TLanes.Store(TLanes.Multiply(swish, TLanes.Load(up + i)), gate + i);
        }
    }

    public override float Exponentials(float* x, int count, int padded)
    {
        for (var i = count; i < padded; i++) x[i] = float.NegativeInfinity;
        var whole = (count + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
        var largest = TLanes.Spread(float.NegativeInfinity);
        for (var i = 0; i < whole; i += TLanes.Count) largest = TLanes.Larger(largest, TLanes.Load(x + i));
        var (minus, sum) = (TLanes.Spread(-TLanes.Largest(largest)), TLanes.Zero);
        for (var i = 0; i < whole; i += TLanes.Count)
        {
            var e = TLanes.Exp(TLanes.Add(TLanes.Load(x + i), minus));
            TLanes.Store(e, x + i);
            sum = TLanes.Add(sum, e);
        }
        for (var i = whole; i < padded; i++) x[i] = 0;
        return TLanes.Sum(sum);
    }
}
