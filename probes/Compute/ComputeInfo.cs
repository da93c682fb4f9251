using GpuLab.Model;

namespace GpuLab.Probes.Compute;

/// <summary>Arithmetic that GPUs have and hosts do not: metadata of what carries it out elsewhere.</summary>
public static class ComputeInfo
{
    public static readonly ProbeInfo Int32 = Loop("compute.int32", "32-bit integer multiply-adds", "OP/s");

    public static readonly ProbeInfo Tf32 = Product("compute.tf32", "TF32", "FLOP/s"), Bf16 = Product("compute.bf16", "bfloat16", "FLOP/s"),
        Fp16 = Product("compute.fp16", "half precision", "FLOP/s"), Fp8 = Product("compute.fp8", "8-bit floating point", "FLOP/s"), Int8 = Product("compute.int8", "8-bit integers", "OP/s");

    /// <summary>Kinds of number of <see cref="Gemm"/>, the default first, and the default of its lengths.</summary>
    public static readonly string[] GemmTypes = ["bf16", "fp16", "tf32", "fp8", "int8"];

    public const int GemmLength = 8192;

    /// <summary>Its operands come from memory, as those of a model do; the loops above keep theirs in registers.</summary>
    public static readonly ProbeInfo Gemm = new("compute.gemm", "Dense product of large matrices by cuBLASLt", Resource.Compute, [Rate("compute.gemm", "OP/s")],
        [
            new("type", ParameterType.Word, "Kind of number", ParameterValue.Of(GemmTypes[0]), Words: GemmTypes),
            Side("m", "Rows of the result"), Side("n", "Columns of the result"), Side("k", "Length of each sum"),
        ], Precision.Rate);

    static Parameter Side(string name, string summary) => new(name, ParameterType.Count, summary, ParameterValue.Count(GemmLength), Min: 16, Max: 1 << 15);

    static ProbeInfo Loop(string id, string what, string unit) => new(id, $"Register-only {what}", Resource.Compute, [Rate(id, unit)], [], Precision.Rate);

    static ProbeInfo Product(string id, string what, string unit) => new(id, $"Dense matrix product in {what} on the tensor cores", Resource.Compute, [Rate(id, unit)], [], Precision.Rate);

    static Metric Rate(string id, string unit) => new($"{id}/rate", unit, Better.Higher, Across.Sum, "Operations per second, two a multiply-add, dense");
}
