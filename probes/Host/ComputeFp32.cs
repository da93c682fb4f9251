using GpuLab.Model;
using GpuLab.Probes.Compute;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Fused multiply-adds in single precision that never leave the registers, on every core of the slice.</summary>
public sealed class ComputeFp32 : IProbe
{
    public ProbeInfo Info => ComputeInfo.Fp32;

    public IPreparedProbe Prepare(ProbeRequest request) => ComputeProbe.Prepare(FmaVariant.Fp32, request);
}
