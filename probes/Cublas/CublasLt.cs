using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Cublas;

/// <summary>The calls of libcublasLt that are used, spelled as in its header. Declarations only; <see cref="NvidiaLibraries"/> finds the library.</summary>
static unsafe partial class CublasLt
{
    const string Library = NvidiaLibraries.CublasLt;

    /// <summary>Explicit, so that it runs before the first call whichever that is.</summary>
    static CublasLt() => Present = NvidiaLibraries.MatrixProducts.Present;

    /// <inheritdoc cref="Control.DriverLibrary.Present"/>
    public static bool Present { get; }

    [LibraryImport(Library)]
    public static partial nuint cublasLtGetVersion();

    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtCreate(nint* handle);

    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtDestroy(nint handle);

    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatmulDescCreate(nint* description, CublasComputeType compute, CudaDataType scale);

    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatmulDescSetAttribute(nint description, CublasLtMatmulDescAttribute attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatmulDescDestroy(nint description);

    /// <param name="ld">Elements from one column to the next.</param>
    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatrixLayoutCreate(nint* layout, CudaDataType type, ulong rows, ulong columns, long ld);

    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatrixLayoutDestroy(nint layout);

    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatmulPreferenceCreate(nint* preference);

    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatmulPreferenceSetAttribute(nint preference, CublasLtMatmulPreferenceAttribute attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatmulPreferenceDestroy(nint preference);

    /// <param name="results">In order of the time that the library expects.</param>
    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatmulAlgoGetHeuristic(nint handle, nint operation, nint a, nint b, nint c, nint d, nint preference, int wanted,
        cublasLtMatmulHeuristicResult_t* results, int* found);

    /// <summary>D = alpha op(A) op(B) + beta C, queued on a stream.</summary>
    [LibraryImport(Library)]
    public static partial CublasStatus cublasLtMatmul(nint handle, nint operation, void* alpha, CUdeviceptr a, nint layoutA, CUdeviceptr b, nint layoutB, void* beta,
        CUdeviceptr c, nint layoutC, CUdeviceptr d, nint layoutD, cublasLtMatmulAlgo_t* algorithm, CUdeviceptr workspace, nuint workspaceBytes, CUstream stream);
}
