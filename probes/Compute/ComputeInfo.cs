using GpuLab.Model;

namespace GpuLab.Probes.Compute;

/// <summary>Arithmetic: metadata of what carries it out.</summary>
public static class ComputeInfo
{
    /// <summary>Seconds of the same load before what counts: figures are then those of a warm device at its power limit.</summary>
    const string Sustained = "sustained";

    public static readonly ProbeInfo Fp64 = Of("compute.fp64", "Register-only fused multiply-adds in double precision", "FLOP/s"), Fp32 = Of("compute.fp32", "Register-only fused multiply-adds in single precision", "FLOP/s"),
        Int32 = Of("compute.int32", "Register-only 32-bit integer multiply-adds", "OP/s");

    public static readonly ProbeInfo Tf32 = Product("compute.tf32", "TF32", "FLOP/s"), Bf16 = Product("compute.bf16", "bfloat16", "FLOP/s"),
        Fp16 = Product("compute.fp16", "half precision", "FLOP/s"), Fp8 = Product("compute.fp8", "8-bit floating point", "FLOP/s"), Int8 = Product("compute.int8", "8-bit integers", "OP/s");

    static ProbeInfo Product(string id, string what, string unit) => Of(id, $"Dense matrix product in {what} on the tensor cores", unit);

    static ProbeInfo Of(string id, string summary, string unit) => new(id, summary, Resource.Compute,
        [
            new($"{id}/rate", unit, Better.Higher, Across.Sum, "Operations per second, two a multiply-add, dense"),
            new($"{id}/clock", "Hz", Better.Higher, Across.Mean, "Clock of the SMs during each sample, the median over SMs; GPUs only"),
        ],
        [new(Sustained, ParameterType.Seconds, "Load before what counts, kept as warm-up with its clocks; default a burst: no more than the sweep's own warm-up", Max: 600)], Precision.Rate)
    {
        Sustained = Sustained,
    };
}
