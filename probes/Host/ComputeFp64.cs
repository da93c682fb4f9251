using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Fused multiply-adds in double precision that never leave the registers, on every core of the slice.</summary>
public sealed class ComputeFp64 : IProbe
{
    static readonly ProbeInfo About = ComputeProbe.Describe("compute.fp64", "double");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => ComputeProbe.Prepare(FmaVariant.Fp64, request);
}
