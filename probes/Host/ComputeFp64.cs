using GpuLab.Model;
using GpuLab.Probes.Compute;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Fused multiply-adds in double precision that never leave the registers, on every core of the slice.</summary>
public sealed class ComputeFp64 : IProbe
{
    public ProbeInfo Info => ComputeInfo.Fp64;

    public IPreparedProbe Prepare(ProbeRequest request) => ComputeProbe.Prepare(FmaVariant.Fp64, request);
}
