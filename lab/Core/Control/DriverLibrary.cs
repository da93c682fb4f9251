using System.Reflection;
using System.Runtime.InteropServices;

namespace GpuLab.Control;

/// <summary>A library that comes with NVIDIA's driver: where it lies, and what it exports. Looked for once, at the first question.</summary>
/// <param name="import">The name in <see cref="LibraryImportAttribute"/>.</param>
/// <param name="variable">Names the environment variable that names a library to use instead of the driver's.</param>
/// <param name="file">Such as <c>libcuda.so.1</c>.</param>
public sealed class DriverLibrary(string import, string variable, string file)
{
    readonly Lazy<nint> handle = new(() => Find(variable, file));

    /// <summary>Whether there is a driver's library at all.</summary>
    public bool Present => handle.Value != 0;

    /// <summary>Whether this driver's library has a call: older ones lack newer ones.</summary>
    public bool Has(string call) => Present && NativeLibrary.TryGetExport(handle.Value, call, out _);

    /// <summary>Makes an assembly's imports go there. An assembly can have one resolver; other libraries fall through.</summary>
    public void Serve(Assembly assembly) => NativeLibrary.SetDllImportResolver(assembly, (name, _, _) => name == import ? handle.Value : 0);

    static nint Find(string variable, string file)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } chosen) return NativeLibrary.TryLoad(chosen, out var own) ? own : 0;
        foreach (var folder in (string[])["", "/usr/local/nvidia/lib64/", "/usr/lib/wsl/lib/"])
        {
            if (NativeLibrary.TryLoad(folder + file, out var found)) return found;
        }
        return 0;
    }
}
