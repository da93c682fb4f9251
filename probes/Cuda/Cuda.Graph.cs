using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cuda;

/// <summary>Graphs, made by capturing a stream.</summary>
static unsafe partial class Cuda
{
    [LibraryImport(Library)]
    public static partial CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode);

    [LibraryImport(Library)]
    public static partial CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph);

    [LibraryImport(Library)]
    public static partial CUresult cuGraphInstantiateWithFlags(CUgraphExec* executable, CUgraph graph, ulong flags);

    [LibraryImport(Library)]
    public static partial CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream);

    [LibraryImport(Library)]
    public static partial CUresult cuGraphExecDestroy(CUgraphExec executable);

    [LibraryImport(Library)]
    public static partial CUresult cuGraphDestroy(CUgraph graph);
}
