using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Probes.Llm;
using GpuLab.Running;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Llm;

[Collection(nameof(HostProbes))]
public sealed class KvProbeTests
{
    static readonly (string, ParameterValue) Tiny = ("model", ParameterValue.Of("tiny"));

    static (string, ParameterValue) Tokens(int count) => ("tokens", ParameterValue.Count(count));

    static (string, ParameterValue) Tier(string tier) => ("tier", ParameterValue.Of(tier));

    [Theory]
    [InlineData("pinned", 1, 1)]
    [InlineData("pinned", 70, 0)]
    [InlineData("pinned", 1000, 0)]
    [InlineData("cache", 70, 1)]
    [InlineData("cache", 1000, 0)]
    public void Reloading_samples_without_allocating_and_what_it_moved_is_right(string tier, int tokens, int threads)
    {
        using var bench = new Bench();
        using var probe = bench.Prepare("kv.reload", threads == 0 ? Bench.Cpus.Count : threads, Tiny, Tokens(tokens), Tier(tier));
        var samples = Sampled(bench, probe);
        Assert.Equal([0, 1, 2], samples.Select(s => s.Metric).Distinct().Order());
        // Pages are moved whole: 32 tokens of 2048 bytes.
        var bytes = (tokens + 31) / 32 * 32 * 2048.0;
        Assert.All(samples.Where(s => s.Metric == 0).Zip(samples.Where(s => s.Metric == 1)), p => Assert.Equal(bytes, p.First.Value * p.Second.Value, 1e-6 * bytes));
        Assert.Null(probe.Verify());
        Assert.Equal("tiny", probe.Facts["model"]);
        Assert.StartsWith("measured:", probe.Ceiling!.Source, StringComparison.Ordinal);
    }

    static List<Sample> Sampled(Bench bench, IPreparedProbe probe)
    {
        bench.Take(probe, 1);
        var sink = new SampleSink(bench.Ring);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 6; i++) probe.Sample(ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var samples = new List<Sample>();
        bench.Ring.Drain(samples);
        Assert.All(samples, s => Assert.True(s is { Operations: > 0, Value: > 0, Flags: SampleFlags.None } && s.End - s.Start >= 150_000 && double.IsFinite(s.Value), s.ToString()));
        return samples;
    }

    [Fact]
    public void From_disk_the_page_cache_is_empty_or_the_cell_is_skipped_with_the_file_system_named()
    {
        using var bench = new Bench();
        try
        {
            using var probe = bench.Prepare("kv.reload", 1, Tiny, Tokens(100), Tier("disk"));
            Assert.All(bench.Take(probe, 3), s => Assert.Equal(SampleFlags.None, s.Flags));
            Assert.Null(probe.Verify());
        }
        catch (ProbeSkippedException e)
        {
            Assert.Contains(FileSystems.Of(Path.GetTempPath()), e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_in_memory_is_no_disk()
    {
        using var bench = new Bench();
        var request = bench.Request(1, Tiny, Tokens(64), Tier("disk")) with { Scratch = "/dev/shm" };
        Assert.Contains("tmpfs", Assert.Throws<ProbeSkippedException>(() => new ReloadProbe(request)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles("/dev/shm", "kv-*.bin"));
    }

    [Fact]
    public unsafe void A_byte_that_was_moved_wrong_is_found()
    {
        using var bench = new Bench();
        using var probe = new ReloadProbe(bench.Request(1, Tiny, Tokens(100), Tier("pinned")));
        bench.Take(probe, 2);
        Assert.Null(probe.Verify());
        probe.Page(1, 2)[77] ^= 1;
        Assert.Contains("byte 77 of page 2 of prompt 1", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public void Recomputing_says_which_rate_a_link_would_need()
    {
        using var bench = new Bench();
        using var probe = bench.Prepare("kv.recompute", 1, Tiny, Tokens(40));
        var samples = Sampled(bench, probe);
        // 2 x 4 layers x 2 heads x 64 x 2 bytes a token.
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(40, samples[3 * i].Value * samples[3 * i + 1].Value, 1e-6);
            Assert.Equal(2048, samples[3 * i + 2].Value / samples[3 * i].Value, 1e-6);
        }
        Assert.Null(probe.Verify());
    }

    [Fact]
    public void A_prompt_larger_than_the_slice_is_refused_with_the_sum()
    {
        using var bench = new Bench();
        var e = Assert.Throws<ProbeSkippedException>(() => bench.Prepare("kv.reload", 1, ("model", ParameterValue.Of("llama-3.1-70b")), Tokens(100_000)));
        Assert.Contains("a cache of 100000 tokens of llama-3.1-70b needs", e.Message, StringComparison.Ordinal);
    }
}
