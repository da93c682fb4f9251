using GpuLab.Control;

namespace GpuLab.Probes.Cuda;

/// <summary>The libraries that this assembly calls: the driver's, which every GPU has, and two of the CUDA toolkit, which are used where they are.</summary>
static class NvidiaLibraries
{
    public const string Cuda = "cuda", CublasLt = "cublasLt", Nvrtc = "nvrtc";

    public static DriverLibrary Driver { get; } = new(Cuda, "GPULAB_CUDA", "libcuda.so.1");

    public static DriverLibrary MatrixProducts { get; } = new(CublasLt, "GPULAB_CUBLASLT", "libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so.11");

    public static DriverLibrary Compiler { get; } = new(Nvrtc, "GPULAB_NVRTC", "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2");

    /// <summary>Explicit, so that it runs before the first question or call whichever that is.</summary>
    static NvidiaLibraries() => DriverLibrary.Serve(typeof(NvidiaLibraries).Assembly, Driver, MatrixProducts, Compiler);
}
