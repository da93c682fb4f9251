using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Fused multiply-adds in single precision that never leave the registers, on every core of the slice.</summary>
public sealed class ComputeFp32 : IProbe
{
    static readonly ProbeInfo About = ComputeProbe.Describe("compute.fp32", "single");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => ComputeProbe.Prepare(FmaVariant.Fp32, request);
}
