using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>Work that was captured from a stream and can be launched as one.</summary>
sealed unsafe class CudaGraph : CudaHandle
{
    CudaGraph(CudaContext context, CUgraphExec executable)
        : base(context) => Own(executable.Handle);

    /// <summary>Captures what an action queues on a stream; nothing of it runs.</summary>
    /// <exception cref="ProbeSkippedException">This driver has no graphs of the kind that is used.</exception>
    public static CudaGraph Capture(CudaContext context, CudaStream stream, Action queue)
    {
        CudaDriver.Need("graphs", nameof(Cuda.cuStreamBeginCapture_v2), nameof(Cuda.cuStreamEndCapture), nameof(Cuda.cuGraphInstantiateWithFlags), nameof(Cuda.cuGraphLaunch));
        CudaCall.Check(Cuda.cuStreamBeginCapture_v2(stream.Raw, CUstreamCaptureMode.ThreadLocal));
        CUgraph graph = default;
        try
        {
            queue();
        }
        catch
        {
            // A capture that is left open makes the stream useless.
            if (CudaCall.Answers(Cuda.cuStreamEndCapture(stream.Raw, &graph)) && graph.Handle != 0) _ = Cuda.cuGraphDestroy(graph);
            throw;
        }
        CudaCall.Check(Cuda.cuStreamEndCapture(stream.Raw, &graph));
        try
        {
            CUgraphExec executable;
            CudaCall.Check(Cuda.cuGraphInstantiateWithFlags(&executable, graph, 0));
            return new(context, executable);
        }
        finally
        {
            _ = Cuda.cuGraphDestroy(graph);
        }
    }

    public void Launch(CudaStream stream) => CudaCall.Check(Cuda.cuGraphLaunch(new(handle), stream.Raw));

    protected override void Free(nint raw) => _ = Cuda.cuGraphExecDestroy(new(raw));
}
