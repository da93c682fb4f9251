using System.Reflection;
using System.Runtime.InteropServices;

namespace GpuLab.Control;

/// <summary>A library of NVIDIA's: where it lies, and what it exports. Looked for once, at the first question.</summary>
/// <param name="import">The name in <see cref="LibraryImportAttribute"/>.</param>
/// <param name="variable">Names the environment variable that names a library to use instead.</param>
/// <param name="files">Such as <c>libcuda.so.1</c>; the first that is there counts.</param>
public sealed class DriverLibrary(string import, string variable, params IReadOnlyList<string> files)
{
    readonly Lazy<nint> handle = new(() => Find(variable, files));

    /// <summary>Whether there is such a library at all.</summary>
    public bool Present => handle.Value != 0;

    /// <summary>Whether the library that is there has a call: older ones lack newer ones.</summary>
    public bool Has(string call) => Present && NativeLibrary.TryGetExport(handle.Value, call, out _);

    /// <summary>What to say where it is missing.</summary>
    public string Missing => $"{files[0]} was not found ({variable} names a library elsewhere)";

    /// <summary>Makes an assembly's imports go to these libraries; others fall through. Once an assembly: it can have one resolver.</summary>
    public static void Serve(Assembly assembly, params IReadOnlyList<DriverLibrary> libraries)
    {
        var handles = libraries.ToDictionary(l => l.Import, l => l.handle);
        NativeLibrary.SetDllImportResolver(assembly, (name, _, _) => handles.TryGetValue(name, out var found) ? found.Value : 0);
    }

    string Import => import;

    static nint Find(string variable, IReadOnlyList<string> files)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } chosen) return NativeLibrary.TryLoad(chosen, out var own) ? own : 0;
        foreach (var file in files)
        {
            foreach (var folder in (string[])["", "/usr/local/nvidia/lib64/", "/usr/lib/wsl/lib/", "/usr/local/cuda/lib64/"])
            {
                if (NativeLibrary.TryLoad(folder + file, out var found)) return found;
            }
        }
        return 0;
    }
}
