using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace GpuLab.Probes.Cuda;

/// <summary>
/// The calls of libcuda.so.1 that are used, spelled as the library exports them. Declarations only; where the library lies is decided here.
/// Everything returns a status that <see cref="CudaCall.Check"/> turns into an exception.
/// </summary>
static unsafe partial class Cuda
{
    const string Library = "cuda";

    /// <summary>Names a library to use instead of the driver's.</summary>
    public const string Override = "GPULAB_CUDA";

    static readonly string[] places = ["libcuda.so.1", "/usr/local/nvidia/lib64/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"];
    static readonly Lazy<nint> handle = new(Find);

    /// <summary>Explicit, so that it runs before the first call whichever that is. An assembly can have one resolver; other libraries fall through.</summary>
    static Cuda() => NativeLibrary.SetDllImportResolver(typeof(Cuda).Assembly, Resolve);

    /// <summary>Whether there is a driver's library at all.</summary>
    public static bool Present => handle.Value != 0;

    /// <summary>Whether this driver's library has a call: older ones lack newer ones.</summary>
    public static bool Has(string call) => Present && NativeLibrary.TryGetExport(handle.Value, call, out _);

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? handle.Value : 0;

    static nint Find()
    {
        if (Environment.GetEnvironmentVariable(Override) is { Length: > 0 } chosen) return NativeLibrary.TryLoad(chosen, out var own) ? own : 0;
        foreach (var place in places)
        {
            if (NativeLibrary.TryLoad(place, out var found)) return found;
        }
        return 0;
    }
}
