using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Statistics;

namespace GpuLab.Probes.Selftest;

/// <summary>A short look at a probe's figures with the parameters that it has by default: enough to see whether they are near their ceilings.</summary>
static unsafe class SelftestLook
{
    /// <summary>Nanoseconds of sampling, after so many samples at least.</summary>
    const long Long = 300_000_000;

    const int Least = 10, Capacity = 4096;

    public static IReadOnlyList<SelftestFigure> At(IProbe probe, string slice, ulong seed)
    {
        try
        {
            using var prepared = probe.Prepare(new(slice, [], Parameters.None, seed) { Scratch = Path.GetTempPath(), Device = new(DeviceKind.Gpu, slice) });
            var samples = Sampled(prepared);
            var wrong = prepared.Verify();
            return [.. probe.Info.Metrics.Select((metric, i) => Figure(probe.Info, metric, i, prepared, samples, wrong))];
        }
        catch (ProbeSkippedException missing)
        {
            return [Nothing(probe.Info, SelftestOutcome.NotProven, missing.Message)];
        }
        catch (Exception failed) when (failed is CudaException or InvalidOperationException or IOException or WorkerException)
        {
            return [Nothing(probe.Info, SelftestOutcome.Wrong, failed.Message)];
        }
    }

    static List<Sample> Sampled(IPreparedProbe probe)
    {
        var memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(Capacity));
        try
        {
            var ring = new SampleRing(memory, Capacity);
            var sink = new SampleSink(ring);
            var queued = probe as IQueuedProbe;
            queued?.Begin(paced: false);
            var until = Monotonic.Now + Long;
            for (var count = 0; count < Least || (Monotonic.Now < until && count < Capacity / 8); count++) probe.Sample(ref sink);
            queued?.End(ref sink);
            var samples = new List<Sample>();
            ring.Drain(samples);
            return samples;
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    static SelftestFigure Figure(ProbeInfo info, Metric metric, int index, IPreparedProbe prepared, List<Sample> samples, string? wrong)
    {
        var values = samples.Where(s => s.Metric == index).Select(s => s.Value).ToArray();
        var ceiling = index == 0 ? prepared.Ceiling : null;
        var (outcome, why) = wrong is not null ? (SelftestOutcome.Wrong, wrong)
            : values.Length == 0 ? (SelftestOutcome.NotProven, "no sample")
            : (SelftestOutcome.Right, null);
        return new(info.Id, metric.Id, metric.Unit, outcome, why, values.Length == 0 ? double.NaN : Selection.Median(values), values.Length,
            ceiling?.Value ?? double.NaN, ceiling?.Source ?? "", prepared.Facts);
    }

    public static SelftestFigure Nothing(ProbeInfo info, SelftestOutcome outcome, string why) =>
        new(info.Id, info.Main.Id, info.Main.Unit, outcome, why, double.NaN, 0, double.NaN, "", new Dictionary<string, string>());
}
