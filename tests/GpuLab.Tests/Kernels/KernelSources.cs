namespace GpuLab.Tests.Kernels;

/// <summary>The kernels' files in the repository.</summary>
static class KernelSources
{
    public static string Folder => Path.Combine(EndToEnd.Sources.Root, "probes");

    /// <summary>CUDA sources and headers, wherever beside a probe they lie.</summary>
    public static IReadOnlyList<string> Files => [.. new[] { "*.cu", "*.cuh" }.SelectMany(p => Directory.EnumerateFiles(Folder, p, SearchOption.AllDirectories)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> Modules => [.. Directory.EnumerateFiles(Path.Combine(Folder, "Kernels"), "*.ptx").Order(StringComparer.Ordinal)];
}
