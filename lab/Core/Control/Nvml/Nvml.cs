using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]

namespace GpuLab.Control.Nvml;

/// <summary>The calls of libnvidia-ml.so.1 that are used, spelled as in its header. Declarations only; <see cref="DriverLibrary"/> finds the library.</summary>
static unsafe partial class Nvml
{
    const string Library = "nvidia-ml";

    static readonly DriverLibrary library = new(Library, "GPULAB_NVML", "libnvidia-ml.so.1");

    /// <summary>Explicit, so that it runs before the first call whichever that is.</summary>
    static Nvml() => DriverLibrary.Serve(typeof(Nvml).Assembly, library);

    /// <inheritdoc cref="DriverLibrary.Present"/>
    public static bool Present => library.Present;

    /// <inheritdoc cref="DriverLibrary.Has"/>
    public static bool Has(string call) => library.Has(call);
}
