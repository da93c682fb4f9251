using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cuda;

/// <summary>Streams and events.</summary>
static unsafe partial class Cuda
{
    [LibraryImport(Library)]
    public static partial CUresult cuStreamCreate(CUstream* stream, uint flags);

    [LibraryImport(Library)]
    public static partial CUresult cuStreamDestroy_v2(CUstream stream);

    [LibraryImport(Library)]
    public static partial CUresult cuStreamSynchronize(CUstream stream);

    [LibraryImport(Library)]
    public static partial CUresult cuStreamQuery(CUstream stream);

    [LibraryImport(Library)]
    public static partial CUresult cuStreamWaitEvent(CUstream stream, CUevent until, uint flags);

    [LibraryImport(Library)]
    public static partial CUresult cuEventCreate(CUevent* made, uint flags);

    [LibraryImport(Library)]
    public static partial CUresult cuEventDestroy_v2(CUevent gone);

    [LibraryImport(Library)]
    public static partial CUresult cuEventRecord(CUevent at, CUstream stream);

    [LibraryImport(Library)]
    public static partial CUresult cuEventSynchronize(CUevent at);

    [LibraryImport(Library)]
    public static partial CUresult cuEventQuery(CUevent at);

    [LibraryImport(Library)]
    public static partial CUresult cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end);
}
