namespace GpuLab.Probes.Cuda;

/// <summary>The kernels as they ship: PTX that the driver compiles for the GPU that is there.</summary>
static class KernelImage
{
    const string Name = "gpulab.sm_80.ptx";

    static readonly Lazy<string> text = new(Read);

    public static string Ptx => text.Value;

    static string Read()
    {
        using var stream = typeof(KernelImage).Assembly.GetManifestResourceStream(Name) ?? throw new InvalidOperationException($"this program was built without {Name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
