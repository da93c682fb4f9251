using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Cuda;

/// <summary>The kernels as they ship: PTX that the driver compiles for the GPU that is there.</summary>
static class KernelImage
{
    static readonly Lazy<string> text = new(() => Of(KernelModules.Common));

    public static string Ptx => text.Value;

    /// <param name="module">One of <see cref="KernelModules"/>.</param>
    public static string Of(string module)
    {
        using var stream = typeof(KernelImage).Assembly.GetManifestResourceStream(module) ?? throw new InvalidOperationException($"this program was built without {module}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
