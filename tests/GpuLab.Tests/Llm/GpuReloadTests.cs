using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Host;
using GpuLab.Probes.Llm;
using GpuLab.Running;
using GpuLab.Tests.Cuda;
using GpuLab.Tests.Mig;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Llm;

/// <summary>Keys and values brought back to a GPU, whose memory is this machine's. No figure here is a GPU's.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class GpuReloadTests : IDisposable
{
    readonly CudaDouble machine = new CudaDouble("h20-96gb").Behave("memory 512", "lie 2").Here();
    readonly Bench bench = new();

    public void Dispose()
    {
        bench.Dispose();
        machine.Dispose();
    }

    ProbeRequest Request(int tokens, string tier, string model = "tiny") =>
        bench.Request(0, ("model", ParameterValue.Of(model)), ("tokens", ParameterValue.Count(tokens)), ("tier", ParameterValue.Of(tier)));

    [Theory]
    [InlineData("pinned", 1)]
    [InlineData("pinned", 1000)]
    [InlineData("cache", 1000)]
    public void Reloading_samples_without_allocating_and_what_it_moved_is_right(string tier, int tokens)
    {
        using var probe = new GpuReloadProbe(Request(tokens, tier), CudaSession.Open());
        bench.Take(probe, 1);
        var sink = new SampleSink(bench.Ring);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 3; i++) probe.Sample(ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var samples = new List<Sample>();
        bench.Ring.Drain(samples);
        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2], samples.Select(s => s.Metric));
        Assert.All(samples, s => Assert.True(s is { Operations: > 0, Value: > 0 } && s.End > s.Start && double.IsFinite(s.Value), s.ToString()));
        // Pages are moved whole: 32 tokens of 2048 bytes.
        var bytes = (tokens + 31) / 32 * 32 * 2048.0;
        Assert.All(samples.Chunk(3), s => Assert.Equal(bytes, s[0].Value * s[1].Value, 1e-6 * bytes));
        Assert.Null(probe.Verify());
        Assert.StartsWith("measured:", probe.Ceiling!.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void From_disk_the_page_cache_is_empty_or_the_cell_is_skipped_with_the_file_system_named()
    {
        try
        {
            using var probe = new GpuReloadProbe(Request(300, "disk"), CudaSession.Open());
            bench.Take(probe, 2);
            Assert.Null(probe.Verify());
        }
        catch (ProbeSkippedException e)
        {
            Assert.Contains(FileSystems.Of(Path.GetTempPath()), e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public unsafe void A_byte_that_was_moved_wrong_and_a_page_that_was_not_moved_are_found()
    {
        using var probe = new GpuReloadProbe(Request(5000 / 2, "pinned"), CudaSession.Open());
        bench.Take(probe, 1);
        Assert.Null(probe.Verify());
        probe.Page(0, 2)[77] ^= 1;
        Assert.Contains("byte 77 of page 2 of prompt 0", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_the_slice_has_is_refused_before_a_run_and_in_it()
    {
        machine.Behave("memory 128").Here();
        Assert.Contains("more than 90%", Assert.Throws<ProbeSkippedException>(() => new GpuReloadProbe(Request(100, "pinned"), CudaSession.Open())).Message, StringComparison.Ordinal);
        var slice = new Slice(0, "1g.5gb@0", "1g.5gb", 0, 1, [], new Dictionary<string, string>()) { Memory = 5L << 30 };
        Assert.Contains("1g.5gb@0 has", ((IForesight)Catalogue.For(DeviceKind.Gpu, "kv.reload")!).Obstacle(slice, new(KeyValuePair.Create("model", ParameterValue.Of("llama-3.1-8b")), KeyValuePair.Create("tokens", ParameterValue.Count(100_000)))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_reloads_and_recomputes_and_says_from_when_on_it_pays()
    {
        using var one = new CudaDouble("h200-141gb");
        var run = GpuRun.Of(one, "[1g.18gb]", "[{probe: kv.reload, model: 'tiny:1', tokens: 64, tier: [pinned, cache]}, {probe: kv.recompute, model: 'tiny:1', tokens: 64}]");
        Assert.True(run.Exit == 0, run.ToString());
        Assert.All(run.Trials, t => Assert.Equal("ok", t.Status));
        Assert.Contains("B*", run.Output, StringComparison.Ordinal);
    }
}
