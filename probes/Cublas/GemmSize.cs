using System.Globalization;

namespace GpuLab.Probes.Cublas;

/// <summary>Rows and columns of D, and what is summed over.</summary>
readonly record struct GemmSize(int M, int N, int K)
{
    public double Operations => 2.0 * M * N * K;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{M} × {N} × {K}");
}
