using System.Runtime.InteropServices;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>What a slice of a GPU can do at best, by the probes that measure nothing else; kept for the life of its session.</summary>
static unsafe class GpuCeilings
{
    const int Samples = 10, Capacity = 256;

    /// <summary>Bytes that are read: so many times the L2, so that they come from memory.</summary>
    const int OverL2 = 8;

    static (CudaSession Session, LlmCeilings Ceilings)? measured;

    public static LlmCeilings Of(CudaSession session)
    {
        if (measured is { } known && ReferenceEquals(known.Session, session)) return known.Ceilings;
        var bytes = Math.Min(OverL2 * (long)session.Device.Attribute(CUdevice_attribute.L2CacheSize), session.Context.Memory.Free / 4);
        double read, flop;
        using (var reading = new GpuStreamProbe(session, GpuStreamKernel.Read, bytes / Vector16.Size, LlmRequest.Seed)) read = Fastest(reading);
        using (var adding = new GpuComputeProbe(session, "bf16", [GpuComputeLoops.Warpgroup(TensorFormat.Bf16), GpuComputeLoops.Warp(TensorFormat.Bf16)], LlmRequest.Seed)) flop = Fastest(adding);
        measured = (session, new(read, flop, "the fastest batch of gl_stream_read on this slice", "the fastest batch of bf16 tensor products in registers on this slice"));
        return measured.Value.Ceilings;
    }

    static double Fastest(IQueuedProbe probe)
    {
        var memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(Capacity));
        try
        {
            var ring = new SampleRing(memory, Capacity);
            var sink = new SampleSink(ring);
            probe.Begin(paced: false);
            for (var i = 0; i < Samples; i++) probe.Sample(ref sink);
            probe.End(ref sink);
            var samples = new List<Sample>();
            ring.Drain(samples);
            return samples.Where(s => s.Metric == 0).Max(s => s.Value);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }
}
