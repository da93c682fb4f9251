using System.Text.RegularExpressions;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Cuda;

/// <summary>The kernels as they ship: PTX that the driver compiles for the GPU that is there.</summary>
static partial class KernelImage
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

    /// <summary>Names of a module's kernels.</summary>
    public static IEnumerable<string> Entries(string module) => Entry().Matches(Of(module)).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"^\.visible \.entry (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
