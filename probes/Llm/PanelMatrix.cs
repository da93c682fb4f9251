namespace GpuLab.Probes.Llm;

/// <summary>A matrix of weights in memory that belongs to somebody else.</summary>
sealed unsafe class PanelMatrix(PanelLayout layout, byte* start)
{
    public PanelLayout Layout => layout;

    public byte* Start => start;

    /// <summary>Panels of a thread: what it packs, and so touches first, is what it multiplies with.</summary>
    public (int First, int End) Share(int thread, int threads) =>
        ((int)((long)layout.Panels * thread / threads), (int)((long)layout.Panels * (thread + 1) / threads));

    /// <summary>Stores one panel.</summary>
    /// <param name="rows">The panel's outputs as models store them, one row after another; fewer than <see cref="PanelLayout.Width"/> in the last one.</param>
    public void Pack(int panel, ReadOnlySpan<float> rows)
    {
        var at = start + panel * layout.PanelBytes;
        for (var first = 0; first < layout.Inputs; first += Quantised.Group)
        {
            var count = Math.Min(Quantised.Group, layout.Inputs - first);
            for (var output = 0; output < layout.Width; output++)
            {
                // What fills the last panel weighs nothing.
                var weights = (output + 1) * layout.Inputs <= rows.Length ? rows.Slice(output * layout.Inputs + first, count) : [];
                if (layout.Format == WeightFormat.Bf16) PackBrains(at, output, first, weights, count);
                else PackGroup(at, output, first, weights, count);
            }
        }
    }

    void PackBrains(byte* at, int output, int first, ReadOnlySpan<float> weights, int count)
    {
        var word = (ushort*)(at + layout.Offset(first)) + Half(output);
        for (var k = 0; k < count; k++) word[k * layout.Width] = k < weights.Length ? Bf16.Round(weights[k]) : (ushort)0;
    }

    void PackGroup(byte* at, int output, int first, ReadOnlySpan<float> weights, int count)
    {
        var stored = Quantised.Scale(weights, layout.Format);
        at += layout.Offset(first);
        ((ushort*)at)[Half(output)] = stored;
        at += layout.ScaleBytes;
        for (var k = 0; k < count; k++, at += layout.RowBytes)
        {
            var q = k < weights.Length ? Quantised.Level(weights[k], stored) : 0;
            if (layout.Format == WeightFormat.Int8) at[output] = (byte)(sbyte)q;
            else Nibble(at + output % layout.Lanes, output / layout.Lanes, q + 8);
        }
    }

    static void Nibble(byte* at, int upper, int value) => *at = (byte)(upper == 0 ? *at & 0xF0 | value : *at & 0x0F | value << 4);

    /// <summary>Place of an output among the halves of words.</summary>
    int Half(int output) => 2 * (output % layout.Lanes) + output / layout.Lanes;

    /// <summary>The weights of one output as products see them.</summary>
    public void Row(int output, float* into)
    {
        var at = start + output / layout.Width * layout.PanelBytes;
        var j = output % layout.Width;
        if (layout.Format == WeightFormat.Bf16)
        {
            var word = (ushort*)at + Half(j);
            for (var k = 0; k < layout.Inputs; k++) into[k] = Bf16.Widen(word[(long)k * layout.Width]);
            return;
        }
        for (var k = 0; k < layout.Inputs; k++)
        {
            var group = k / Quantised.Group * Quantised.Group;
            var scale = Bf16.Widen(((ushort*)(at + layout.Offset(group)))[Half(j)]);
            var row = at + layout.Offset(group) + layout.ScaleBytes + (long)(k - group) * layout.RowBytes;
            into[k] = scale * (layout.Format == WeightFormat.Int8 ? (sbyte)row[j] : (row[j % layout.Lanes] >> 4 * (j / layout.Lanes) & 15) - 8);
        }
    }
}
