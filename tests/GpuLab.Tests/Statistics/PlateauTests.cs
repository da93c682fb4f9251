using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

public class PlateauTests
{
    /// <summary>A staircase with slopes between its levels and 2 % of noise: 48 KiB, 2 MiB, 32 MiB caches.</summary>
    static readonly (double Size, double Value)[] Staircase = Make(1);

    static readonly CacheSize[] Caches = [new("L1", 48 << 10), new("L2", 2 << 20), new("L3", 32 << 20)];

    [Fact]
    public void Levels_of_a_staircase_are_found_and_named_after_the_caches()
    {
        foreach (var seed in Enumerable.Range(1, 20))
        {
            var levels = Plateaus.Of(Make((ulong)seed), Caches);
            Assert.Equal(["L1", "L2", "L3", "DRAM"], levels.Select(l => l.Name));
            foreach (var (level, truth) in levels.Zip([1.2e-9, 4e-9, 15e-9, 90e-9])) Assert.InRange(level.Value, truth * 0.95, truth * 1.05);
            Assert.Equal(4096, levels[0].From);
            Assert.InRange(levels[0].To, 32 << 10, 48 << 10);
            Assert.Equal(1 << 30, levels[^1].To);
        }
    }

    [Fact]
    public void Without_sizes_of_caches_levels_are_numbered_and_the_last_is_memory() =>
        Assert.Equal(["level 1", "level 2", "level 3", "DRAM"], Plateaus.Of(Staircase, []).Select(l => l.Name));

    [Fact]
    public void A_curve_that_ends_inside_a_cache_has_no_memory() =>
        Assert.Equal(["L1", "L2"], Plateaus.Of([.. Staircase.Where(p => p.Size <= 1 << 20)], Caches).Select(l => l.Name));

    [Fact]
    public void A_level_line_is_one_level_and_too_few_points_are_none()
    {
        var random = new Xoshiro(3);
        var flat = Enumerable.Range(0, 20).Select(i => (Math.Pow(2, i), 1e-9 * (1 + 0.02 * random.Normal()))).ToArray();
        Assert.Single(Plateaus.Of(flat, Caches));
        Assert.Empty(Plateaus.Of(flat[..3], Caches));
    }

    [Fact]
    public void Steps_are_the_best_cut_for_their_price()
    {
        Assert.Equal([(0, 2), (3, 5)], Steps.Fit([1, 1, 1, 5, 5, 5], 1));
        Assert.Equal([(0, 5)], Steps.Fit([1, 1, 1, 5, 5, 5], 100));
        Assert.Equal([(0, 0), (1, 1), (2, 2)], Steps.Fit([1, 5, 9], 0.1));
    }

    [Theory]
    [InlineData("L1d", "2 × 48 KiB, each shared by 2 hardware threads", "L1", 48 << 10)]
    [InlineData("L2", "2 × 2 MiB, each shared by 2 hardware threads", "L2", 2 << 20)]
    [InlineData("L3 cache", "1.5 MiB", "L3", 3 << 19)]
    [InlineData("L2 cache", "50 MB", "L2", 50 << 20)]
    public void Cache_sizes_are_read_from_provenance(string name, string value, string level, double bytes) =>
        Assert.Equal([new CacheSize(level, bytes)], CacheSizes.Of(new SyntheticRun().Fact(name, value).Build().Info));

    [Theory]
    [InlineData("L1i", "2 × 32 KiB, each shared by 2 hardware threads")]
    [InlineData("CPU", "Model L2300 4 GHz")]
    public void What_is_no_data_cache_is_not(string name, string value) => Assert.Empty(CacheSizes.Of(new SyntheticRun().Fact(name, value).Build().Info));

    [Fact]
    public void One_entry_may_tell_all_levels() =>
        Assert.Equal(["L1", "L2", "L3"], CacheSizes.Of(new SyntheticRun().Fact("caches", "L1d 48 KiB, L1i 32 KiB, L2 2 MiB, L3 32 MiB").Build().Info).Select(c => c.Name));

    [Fact]
    public void The_analysis_of_a_latency_curve_holds_its_plateaus()
    {
        var run = new SyntheticRun().Fact("L1d", "48 KiB").Fact("L2", "2 MiB").Fact("L3", "32 MiB");
        for (var i = 0; i < Staircase.Length; i++)
        {
            run.Cell(i, "solo", "whole", "whole", "lat.test", Staircase[i].Size, 1)
                .Samples($"c{i}r0", "whole", Phase.Solo, Draws.Fill(30, _ => Staircase[i].Value), metric: "latency").Done($"c{i}r0");
        }
        var plateaus = Analyzer.Analyze(run.Build(), [SyntheticRun.Chase]).Plateaus;
        Assert.Equal(["L1", "L2", "L3", "DRAM"], plateaus.Select(p => p.Name));
        Assert.All(plateaus, p => Assert.Equal(("lat.test", "whole", "whole"), (p.Probe, p.Layout, p.Slice)));
    }

    static (double, double)[] Make(ulong seed)
    {
        var random = new Xoshiro(seed);
        return [.. Enumerable.Range(0, 37).Select(i => Math.Pow(2, 12 + i / 2.0)).Select(size => (Math.Round(size), Latency(size) * (1 + 0.02 * random.Normal())))];
    }

    /// <summary>Mean time of a uniform chase: what fits in a cache hits it, the rest goes on.</summary>
    static double Latency(double size)
    {
        (double Bytes, double Seconds)[] levels = [(48 << 10, 1.2e-9), (2 << 20, 4e-9), (32 << 20, 15e-9)];
        foreach (var (bytes, seconds) in levels)
        {
            if (size <= bytes) return seconds;
            // Least-recently-used caches lose everything soon after the set no longer fits.
            if (size <= bytes * 1.45) return seconds * 2;
        }
        return 90e-9;
    }
}
