using System.Runtime.CompilerServices;

namespace GpuLab.Probes.Cublas;

// Numbers and layouts as in cublas_api.h, cublasLt.h and library_types.h.

enum CublasStatus
{
    Success = 0,
    NotInitialized = 1,
    AllocFailed = 3,
    InvalidValue = 7,
    ArchMismatch = 8,
    MappingError = 11,
    ExecutionFailed = 13,
    InternalError = 14,
    NotSupported = 15,
    LicenseError = 16,
}

enum CublasComputeType
{
    Float32 = 68,
    Int32 = 72,
    Float32FastTf32 = 77,
}

enum CudaDataType
{
    Float32 = 0,
    Float16 = 2,
    Int8 = 3,
    Int32 = 10,
    BFloat16 = 14,
    Float8E4M3 = 28,
}

enum CublasLtMatmulDescAttribute
{
    /// <summary>int32: 0 as it is, 1 transposed.</summary>
    TransA = 3,

    /// <summary>int8: sums of 8-bit floating point are not moved to more bits now and then.</summary>
    FastAccumulation = 25,
}

enum CublasLtMatmulPreferenceAttribute
{
    /// <summary>uint64</summary>
    MaxWorkspaceBytes = 1,
}

/// <summary>Opaque; copied as it is.</summary>
[InlineArray(8)]
struct cublasLtMatmulAlgo_t
{
    ulong first;
}

struct cublasLtMatmulHeuristicResult_t
{
    public cublasLtMatmulAlgo_t Algorithm;

    /// <summary>Bytes that it needs.</summary>
    public nuint WorkspaceBytes;

    /// <summary>The other fields count only where this is success.</summary>
    public CublasStatus State;

    public float Waves;
    public Reserved Unused;

    [InlineArray(4)]
    public struct Reserved
    {
        int first;
    }
}
