using GpuLab.Model;
using GpuLab.Running;
namespace GpuLab.Probes.Host;
enum StreamKernel { Read, Write, Copy, Triad, HotCopy }
enum FmaVariant { Fp64, Fp32 }
static class StreamProbe { public static IPreparedProbe Prepare(StreamKernel kernel, ProbeRequest request) => throw new NotSupportedException(kernel + request.Slice); }
static class ChaseProbe { public static IPreparedProbe Prepare(ProbeRequest request) => throw new NotSupportedException(request.Slice); }
static class FileProbe { public static IPreparedProbe Prepare(ProbeRequest request) => throw new NotSupportedException(request.Slice); }
static class WakeProbe { public static IPreparedProbe Prepare(ProbeRequest request) => throw new NotSupportedException(request.Slice); }
static class ComputeProbe
{
    public static IPreparedProbe Prepare(FmaVariant variant, ProbeRequest request) => throw new NotSupportedException(variant + request.Slice);

    /// <summary>The metadata of one precision.</summary>
    public static ProbeInfo Describe(string id, string precision) => new(
        id, $"Register-only fused multiply-adds in {precision} precision", Resource.Compute,
        [new($"{id}/rate", "FLOP/s", Better.Higher, Across.Sum, "Floating-point operations per second, two a fused multiply-add")],
        [], Precision.Rate);
}
