using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]

namespace GpuLab.Control.Nvml;

/// <summary>The calls of libnvidia-ml.so.1 that are used, spelled as in its header. Declarations only; <see cref="DriverLibrary"/> finds the library.</summary>
static unsafe partial class Nvml
{
    const string Library = "nvidia-ml";

    /// <summary>Names a library to use instead of the driver's.</summary>
    public const string Override = "GPULAB_NVML";

    static readonly DriverLibrary library = new(Library, Override, "libnvidia-ml.so.1");

    /// <summary>Explicit, so that it runs before the first call whichever that is.</summary>
    static Nvml() => library.Serve(typeof(Nvml).Assembly);

    /// <inheritdoc cref="DriverLibrary.Present"/>
    public static bool Present => library.Present;

    /// <inheritdoc cref="DriverLibrary.Has"/>
    public static bool Has(string call) => library.Has(call);
}
