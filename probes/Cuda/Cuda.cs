using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]

namespace GpuLab.Probes.Cuda;

/// <summary>
/// The calls of libcuda.so.1 that are used, spelled as the library exports them. Declarations only; <see cref="NvidiaLibraries"/> finds the library.
/// Everything returns a status that <see cref="CudaCall.Check"/> turns into an exception.
/// </summary>
static unsafe partial class Cuda
{
    const string Library = NvidiaLibraries.Cuda;

    /// <summary>Explicit, so that it runs before the first call whichever that is.</summary>
    static Cuda() => Present = NvidiaLibraries.Driver.Present;

    /// <inheritdoc cref="Control.DriverLibrary.Present"/>
    public static bool Present { get; }

    /// <inheritdoc cref="Control.DriverLibrary.Has"/>
    public static bool Has(string call) => NvidiaLibraries.Driver.Has(call);
}
