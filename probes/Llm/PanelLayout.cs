namespace GpuLab.Probes.Llm;

/// <summary>
/// How a matrix of weights lies in memory: cut into panels of as many outputs as two registers hold; in a panel one row for each
/// input, so that a panel is read from its beginning to its end, no output needs a sum across lanes, and the same bytes serve
/// one row of activations and many. Output j of a panel and output j + lanes share a word (bf16) or a byte (int4).
/// </summary>
/// <param name="Outputs">Rows of the matrix as models store it.</param>
/// <param name="Inputs">Columns of it.</param>
/// <param name="Lanes">Numbers in a register: 8 or 16.</param>
readonly record struct PanelLayout(int Outputs, int Inputs, WeightFormat Format, int Lanes)
{
    public const int Group = Quantised.Group;

    /// <summary>Outputs of a panel.</summary>
    public int Width => 2 * Lanes;

    public int Panels => (Outputs + Width - 1) / Width;

    /// <summary>Outputs with those that fill the last panel.</summary>
    public int PaddedOutputs => Panels * Width;

    public int RowBytes => Format switch { WeightFormat.Bf16 => 4 * Lanes, WeightFormat.Int8 => 2 * Lanes, _ => Lanes };

    public int ScaleBytes => Format == WeightFormat.Bf16 ? 0 : 4 * Lanes;

    public int Groups => (Inputs + Quantised.Group - 1) / Quantised.Group;

    /// <summary>A whole number of cache lines.</summary>
    public long PanelBytes => (Offset(Inputs) + 63) / 64 * 64;

    public long Bytes => Panels * PanelBytes;

    /// <summary>Where the row of an input (and the scales before it, at the first of a group) begins in a panel.</summary>
    public long Offset(int input) => (long)input * RowBytes + (long)((input + Quantised.Group - 1) / Quantised.Group) * ScaleBytes;

    public ProductSize Size => new(Outputs, Inputs, Format);
}
