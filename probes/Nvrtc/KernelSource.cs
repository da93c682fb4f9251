using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Nvrtc;

/// <summary>The sources of the kernels as they ship with this program: each module as one text, since a compiler in a library has no folders to look in.</summary>
static partial class KernelSource
{
    const string Folder = "source/", Shared = "Kernels";

    /// <summary>The file that includes all of a module.</summary>
    public static string RootOf(string module) => module == KernelModules.Common ? "Kernels/gpulab.cu" : $"Kernels/{Path.ChangeExtension(module, ".cu")}";

    /// <summary>A file with what it includes in the places where it does; lines keep the names and numbers that they have in their own files.</summary>
    /// <param name="file">Below probes, such as <c>Kernels/gpulab.cu</c>.</param>
    public static string Of(string file)
    {
        var text = new StringBuilder();
        Append(text, file, []);
        return text.ToString();
    }

    static void Append(StringBuilder to, string file, HashSet<string> once)
    {
        to.Append(CultureInfo.InvariantCulture, $"#line 1 \"{file}\"\n");
        var lines = Text(file)!.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("#pragma once", StringComparison.Ordinal))
            {
                once.Add(file);
                to.Append('\n');
            }
            else if (Include().Match(lines[i]) is { Success: true } include && Resolved(file, include.Groups[1].Value) is { } found)
            {
                if (!once.Contains(found)) Append(to, found, once);
                to.Append(CultureInfo.InvariantCulture, $"#line {i + 2} \"{file}\"\n");
            }
            else
            {
                // What does not ship is for the host's build of the kernels, and is not compiled here.
                to.Append(lines[i]).Append('\n');
            }
        }
    }

    /// <summary>Beside the including file, else in the folder that all share; null where this program does not have it.</summary>
    static string? Resolved(string from, string name) => new[] { Path.GetDirectoryName(from)!, Shared }
        .Select(folder => Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", folder, name)))).FirstOrDefault(file => Text(file) is not null);

    static string? Text(string file)
    {
        using var stream = typeof(KernelSource).Assembly.GetManifestResourceStream(Folder + file);
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("""^\s*#\s*include\s+"([^"]+)"\s*$""")]
    private static partial Regex Include();
}
