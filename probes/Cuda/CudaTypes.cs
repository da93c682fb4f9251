namespace GpuLab.Probes.Cuda;

// Handles and numbers as in cuda.h. A handle is one field; who frees it is decided by the SafeHandle around it.

readonly record struct CUdevice(int Ordinal);

readonly record struct CUcontext(nint Handle);

readonly record struct CUstream(nint Handle);

readonly record struct CUevent(nint Handle);

readonly record struct CUmodule(nint Handle);

/// <summary>Belongs to its module.</summary>
readonly record struct CUfunction(nint Handle);

readonly record struct CUgraph(nint Handle);

readonly record struct CUgraphExec(nint Handle);

/// <summary>An address in the memory of the device, or of the host as the device sees it.</summary>
readonly record struct CUdeviceptr(ulong Address)
{
    public static CUdeviceptr operator +(CUdeviceptr at, long bytes) => new(at.Address + (ulong)bytes);
}

enum CUdevice_attribute
{
    WarpSize = 10,

    /// <summary>kHz.</summary>
    ClockRate = 13,

    MultiprocessorCount = 16,
    EccEnabled = 32,

    /// <summary>kHz.</summary>
    MemoryClockRate = 36,

    /// <summary>Bits.</summary>
    GlobalMemoryBusWidth = 37,

    /// <summary>Bytes; of the slice where the GPU is cut.</summary>
    L2CacheSize = 38,

    MaxThreadsPerMultiprocessor = 39,

    /// <summary>Copy engines.</summary>
    AsyncEngineCount = 40,

    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
    MaxSharedMemoryPerBlockOptin = 97,
}

enum CUfunction_attribute
{
    MaxThreadsPerBlock = 0,
    SharedSizeBytes = 1,

    /// <summary>Bytes a thread has spilled, or holds in arrays.</summary>
    LocalSizeBytes = 3,

    NumRegs = 4,
    PtxVersion = 5,
    BinaryVersion = 6,
    MaxDynamicSharedSizeBytes = 8,
}

enum CUjit_option
{
    /// <summary>Milliseconds, as the bits of a float in the value's place.</summary>
    WallTime = 2,

    InfoLogBuffer = 3,
    InfoLogBufferSizeBytes = 4,
    ErrorLogBuffer = 5,
    ErrorLogBufferSizeBytes = 6,
}

enum CUstreamCaptureMode
{
    Global = 0,
    ThreadLocal = 1,
    Relaxed = 2,
}

/// <summary>Flags of several calls, by the call they go to.</summary>
static class CudaFlags
{
    /// <summary>cuDevicePrimaryCtxSetFlags: waiting threads sleep instead of spinning; host memory may be mapped.</summary>
    public const uint ContextSpin = 1, ContextBlockingSync = 4, ContextMapHost = 8;

    /// <summary>cuStreamCreate: does not wait for the null stream.</summary>
    public const uint StreamNonBlocking = 1;

    /// <summary>cuEventCreate: waiters sleep; no time is kept.</summary>
    public const uint EventBlockingSync = 1, EventDisableTiming = 2;

    /// <summary>cuMemHostAlloc.</summary>
    public const uint HostPortable = 1, HostDeviceMap = 2, HostWriteCombined = 4;
}
