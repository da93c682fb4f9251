namespace GpuLab.Probes.Llm;

/// <summary>Names and shapes of the kernels of products.</summary>
static class GpuProducts
{
    /// <summary>Outputs of a tile, and what the outputs of every matrix are a multiple of.</summary>
    public const int TileColumns = 128;

    /// <summary>Threads of a block, a warp an output.</summary>
    public const int Threads = 256;

    /// <summary>More rows of activations than this go through tiles.</summary>
    public const int MostFew = 4;

    public static int TileRows(WeightFormat format) => format == WeightFormat.Bf16 ? 128 : 64;

    /// <summary>Weights read once for 1 row, or for 4.</summary>
    public static string Few(WeightFormat format, int rows) => $"gl_product_{format.ToString().ToLowerInvariant()}_{(rows == 1 ? 1 : MostFew)}";

    public static string Tiles(WeightFormat format) => $"gl_tiles_{format.ToString().ToLowerInvariant()}";
}
