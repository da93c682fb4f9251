using System.Runtime.CompilerServices;
using GpuLab.Control;

[assembly: DisableRuntimeMarshalling]

namespace GpuLab.Probes.Cuda;

/// <summary>
/// The calls of libcuda.so.1 that are used, spelled as the library exports them. Declarations only; <see cref="DriverLibrary"/> finds the library.
/// Everything returns a status that <see cref="CudaCall.Check"/> turns into an exception.
/// </summary>
static unsafe partial class Cuda
{
    const string Library = "cuda";

    /// <summary>Names a library to use instead of the driver's.</summary>
    public const string Override = "GPULAB_CUDA";

    static readonly DriverLibrary library = new(Library, Override, "libcuda.so.1");

    /// <summary>Explicit, so that it runs before the first call whichever that is.</summary>
    static Cuda() => library.Serve(typeof(Cuda).Assembly);

    /// <inheritdoc cref="DriverLibrary.Present"/>
    public static bool Present => library.Present;

    /// <inheritdoc cref="DriverLibrary.Has"/>
    public static bool Has(string call) => library.Has(call);
}
