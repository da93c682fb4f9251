using GpuLab.Model;

namespace GpuLab.Probes.Compute;

/// <summary>Arithmetic: metadata of what carries it out.</summary>
public static class ComputeInfo
{
    /// <summary>Seconds of the same load before what counts: figures are then those of a warm device at its power limit.</summary>
    const string Sustained = "sustained";

    static readonly Parameter Under = new(Sustained, ParameterType.Seconds, "Load before what counts, kept as warm-up with its clocks; default a burst: no more than the sweep's own warm-up", Max: 600);

    public static readonly ProbeInfo Fp64 = Of("compute.fp64", "Register-only fused multiply-adds in double precision", "FLOP/s"), Fp32 = Of("compute.fp32", "Register-only fused multiply-adds in single precision", "FLOP/s"),
        Int32 = Of("compute.int32", "Register-only 32-bit integer multiply-adds", "OP/s");

    public static readonly ProbeInfo Tf32 = Product("compute.tf32", "TF32", "FLOP/s"), Bf16 = Product("compute.bf16", "bfloat16", "FLOP/s"),
        Fp16 = Product("compute.fp16", "half precision", "FLOP/s"), Fp8 = Product("compute.fp8", "8-bit floating point", "FLOP/s"), Int8 = Product("compute.int8", "8-bit integers", "OP/s");

    /// <summary>Kinds of number of <see cref="Gemm"/>, the default first, and the default of its lengths.</summary>
    public static readonly string[] GemmTypes = ["bf16", "fp16", "tf32", "fp8", "int8"];

    public const int GemmLength = 8192;

    /// <summary>Its operands come from memory, as those of a model do; the loops above keep theirs in registers.</summary>
    public static readonly ProbeInfo Gemm = new("compute.gemm", "Dense product of large matrices by cuBLASLt", Resource.Compute, [Rate("compute.gemm", "OP/s")],
        [
            new("type", ParameterType.Word, "Kind of number", ParameterValue.Of(GemmTypes[0]), Words: GemmTypes),
            Side("m", "Rows of the result"), Side("n", "Columns of the result"), Side("k", "Length of each sum"), Under,
        ], Precision.Rate)
    {
        Sustained = Sustained,
    };

    static Parameter Side(string name, string summary) => new(name, ParameterType.Count, summary, ParameterValue.Count(GemmLength), Min: 16, Max: 1 << 15);

    static ProbeInfo Product(string id, string what, string unit) => Of(id, $"Dense matrix product in {what} on the tensor cores", unit);

    static ProbeInfo Of(string id, string summary, string unit) => new(id, summary, Resource.Compute,
        [Rate(id, unit), new($"{id}/clock", "Hz", Better.Higher, Across.Mean, "Clock of the SMs during each sample, the median over SMs; GPUs only")], [Under], Precision.Rate)
    {
        Sustained = Sustained,
    };

    static Metric Rate(string id, string unit) => new($"{id}/rate", unit, Better.Higher, Across.Sum, "Operations per second, two a multiply-add, dense");
}
