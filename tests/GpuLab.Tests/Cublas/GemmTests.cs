using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Cublas;
using GpuLab.Probes.Cuda;
using GpuLab.Running;
using GpuLab.Tests.Cuda;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cublas;

/// <summary>Products of matrices through the binding of cuBLASLt, on a double of it that runs on the streams of the double of libcuda.</summary>
[Collection(nameof(NvmlDouble))]
public sealed unsafe class GemmTests : IDisposable
{
    static readonly GemmSize size = new(48, 32, 64);

    readonly CudaDouble machine = new CudaDouble("h100-sxm-80gb").Behave("lie 2", "memory 512").Here();
    readonly CudaSession session;
    readonly CudaStream stream;

    public GemmTests()
    {
        session = CudaSession.Open();
        stream = new(session.Context);
    }

    public static TheoryData<string> Types => [.. ComputeInfo.GemmTypes];

    public void Dispose()
    {
        stream.Dispose();
        machine.Dispose();
    }

    [Fact]
    public void Structures_are_as_long_as_in_the_header()
    {
        Assert.Equal(64, Unsafe.SizeOf<cublasLtMatmulAlgo_t>());
        Assert.Equal(96, Unsafe.SizeOf<cublasLtMatmulHeuristicResult_t>());
        Assert.Equal((64, 72, 76), ((int)Marshal.OffsetOf<cublasLtMatmulHeuristicResult_t>(nameof(cublasLtMatmulHeuristicResult_t.WorkspaceBytes)),
            (int)Marshal.OffsetOf<cublasLtMatmulHeuristicResult_t>(nameof(cublasLtMatmulHeuristicResult_t.State)), (int)Marshal.OffsetOf<cublasLtMatmulHeuristicResult_t>(nameof(cublasLtMatmulHeuristicResult_t.Waves))));
        Assert.Equal(ComputeInfo.GemmTypes, GemmFormat.All.Select(f => f.Name));
    }

    [Theory, MemberData(nameof(Types))]
    public void A_product_of_each_kind_is_checked_timed_and_verified(string type)
    {
        using var probe = Probe(type);
        var memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(64));
        var ring = new SampleRing(memory, 64);
        var sink = new SampleSink(ring);
        probe.Begin(paced: false);
        for (var i = 0; i < 3; i++) probe.Sample(ref sink);
        probe.End(ref sink);
        var samples = new List<Sample>();
        ring.Drain(samples);
        NativeMemory.Free(memory);
        Assert.True(samples.Count >= 3 && samples.All(s => s.Value > 0 && double.IsFinite(s.Value)));
        Assert.Null(probe.Verify());
        Assert.StartsWith($"cuBLASLt 12.8.4, {type} 48 × 32 × 64, algorithm ", probe.Facts["kernel"], StringComparison.Ordinal);
        Assert.True(probe.Ceiling!.Value > 0);
        probe.Loop.Poison();
        Assert.NotNull(probe.Verify());
    }

    [Fact]
    public void A_wrong_algorithm_is_left_out_and_named_and_the_fastest_of_the_others_is_kept()
    {
        machine.Nvml.Write("cublas", "algorithms 4\nwrong 1\nrefuse 2\nslow 3");
        using var loop = Product("bf16");
        Assert.Contains("algorithm 4 of 4", loop.Name, StringComparison.Ordinal);
        Assert.Matches("left out algorithm 1: column 5 sums up to .* instead of .*; left out algorithm 2: status 15", loop.Name);
    }

    [Fact]
    public void Where_all_algorithms_are_wrong_nothing_is_timed()
    {
        machine.Nvml.Write("cublas", "algorithms 1\nwrong 1");
        Assert.Contains("algorithm 1: column 5", Assert.Throws<InvalidOperationException>(() => Product("fp8")).Message, StringComparison.Ordinal);
        Assert.Equal(0ul, Left());
    }

    [Fact]
    public void Where_the_library_has_nothing_for_a_product_it_is_skipped_with_the_reason()
    {
        machine.Nvml.Write("cublas", "algorithms 0\nversion 110903");
        Assert.Equal("cuBLASLt 11.9.3 has no algorithm for fp8 of 48 × 32 × 64 on compute capability 9.0", Assert.Throws<ProbeSkippedException>(() => Product("fp8")).Message);
        var odd = new ProbeRequest("whole", [], new(KeyValuePair.Create("m", ParameterValue.Count(40))), 1);
        Assert.Equal("m is 40; it must be a multiple of 16", Assert.Throws<ProbeSkippedException>(() => new GpuGemm(ComputeInfo.Gemm).Prepare(odd)).Message);
    }

    [Theory]
    [InlineData("cublasLtCreate"), InlineData("cublasLtMatmulDescCreate"), InlineData("cublasLtMatmulDescSetAttribute"), InlineData("cublasLtMatrixLayoutCreate")]
    [InlineData("cublasLtMatmulPreferenceCreate"), InlineData("cublasLtMatmulPreferenceSetAttribute"), InlineData("cublasLtMatmulAlgoGetHeuristic")]
    public void A_call_that_fails_is_named_with_its_status_and_leaves_nothing_behind(string call)
    {
        machine.Nvml.Write("cublas", $"status {call} 14");
        Assert.Equal($"{call}: cuBLAS status 14 (InternalError)", Assert.Throws<CublasException>(() => Product("bf16")).Message);
        Assert.Equal(0ul, Left());
    }

    [Fact]
    public void Too_little_memory_is_a_skip()
    {
        machine.Behave("lie 2", "memory 20").Here();
        var small = CudaSession.Open();
        using var on = new CudaStream(small.Context);
        Assert.Contains("of memory left for an array", Assert.Throws<ProbeSkippedException>(() => new CublasProduct(small, on, GemmFormat.All[0], size, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_of_signs_find_one_wrong_element_whatever_its_place_or_size()
    {
        foreach (var format in GemmFormat.All)
        {
            var signs = new GemmSigns(format, size, 7);
            var product = new int[size.N, size.M];
            for (var j = 0; j < size.N; j++)
            {
                for (var i = 0; i < size.M; i++) product[j, i] = Enumerable.Range(0, size.K).Sum(k => signs.A[i * size.K + k] * signs.B[j * size.K + k]);
            }
            uint Bits(int value) => format.OutputType switch
            {
                CudaDataType.BFloat16 => BitConverter.SingleToUInt32Bits(value) >> 16,
                CudaDataType.Float16 => BitConverter.HalfToUInt16Bits((Half)value),
                CudaDataType.Float32 => BitConverter.SingleToUInt32Bits(value),
                _ => (uint)value,
            };
            void Column(int number, uint[] bits)
            {
                for (var i = 0; i < bits.Length; i++) bits[i] = Bits(product[number, i]);
            }
            Assert.Null(signs.Wrong(Column));
            product[31, 47] += 2;
            Assert.StartsWith("column 31 sums up to", signs.Wrong(Column), StringComparison.Ordinal);
            // Two errors of one column that make up for each other.
            product[31, 46] -= 2;
            Assert.StartsWith("row 46 sums up to", signs.Wrong(Column), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Numbers_of_each_format_are_what_their_bits_say()
    {
        foreach (var format in GemmFormat.All)
        {
            Assert.Equal((1, -1), (format.Input(format.One(false)), format.Input(format.One(true))));
            foreach (var value in (float[])[0.3f, -1.7f, 2.5f]) Assert.Equal(format.Whole ? value * 32 : value, format.Input(format.Encode(value)), format.Whole ? 0.5 : Math.Abs(value) / 8);
        }
        var fp8 = GemmFormat.All.Single(f => f.Name == "fp8");
        Assert.Equal([448.0, 1 / 64.0, -448.0, Math.ScaleB(1, -9)], new[] { fp8.Input(fp8.Encode(1e6f)), fp8.Input(fp8.Encode(1e-9f)), fp8.Input(fp8.Encode(-448)), fp8.Input(1) });
    }

    GpuComputeProbe Probe(string type) => new(session, type, [(s, on, seed) => new CublasProduct(s, on, GemmFormat.All.Single(f => f.Name == type), size, seed)], 5);

    CublasProduct Product(string type) => new(session, stream, GemmFormat.All.Single(f => f.Name == type), size, 5);

    /// <summary>Bytes of device memory that are not freed, but for what the session holds.</summary>
    static ulong Left()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return CudaDouble.Used();
    }
}
