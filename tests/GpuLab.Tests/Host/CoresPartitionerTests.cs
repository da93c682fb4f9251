using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Tests.Host;

public sealed class CoresPartitionerTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 4)]
    [InlineData(4, 2)]
    public void Every_layout_of_up_to_eight_cores_is_placed_without_overlap(int packages, int cores)
    {
        using var tree = new FakeTree(packages, cores, 2);
        var partitioner = tree.Open().Partitioners[0];
        var count = 0;
        foreach (var sizes in Partitions(8, 8))
        {
            count++;
            var layout = new Layout(sizes.Select(s => new LayoutItem(new(ProfileKind.Cores, s))));
            var placement = partitioner.Place(layout);
            Assert.True(placement.Refusal is null, $"{layout}: {placement.Refusal}");
            var used = placement.Slices.SelectMany(s => s.Cpus).ToArray();
            Assert.Equal(sizes.Sum(), used.Distinct().Count());
            Assert.All(used, cpu => Assert.InRange(cpu, 0, 7));
            Assert.Equal(sizes, placement.Slices.Select(s => s.Units));
            Assert.All(placement.Slices, s => Assert.Equal($"{s.Units}c@{s.Start}", s.Name));
            Assert.Equal(Enumerable.Range(0, placement.Slices.Count), placement.Slices.Select(s => s.Index));
        }
        Assert.Equal(66, count);
    }

    /// <summary>All multisets of positive sizes, largest first, whose sum is between 1 and <paramref name="room"/>.</summary>
    static IEnumerable<int[]> Partitions(int room, int largest)
    {
        for (var size = Math.Min(room, largest); size >= 1; size--)
        {
            yield return [size];
            foreach (var rest in Partitions(room - size, size)) yield return [size, .. rest];
        }
    }

    [Theory]
    [InlineData("2x3c", new[] { 0, 4 })]
    [InlineData("2c+4c", new[] { 0, 4 })]
    [InlineData("3c+2c+1c", new[] { 0, 4, 3 })]
    public void Slices_stay_within_a_node_where_they_can(string layout, int[] starts)
    {
        using var tree = new FakeTree(2, 4, 2);
        Assert.Equal(starts, tree.Open().Partitioners[0].Place(Layout.Parse(layout)).Slices.Select(s => s.Start));
    }

    [Fact]
    public void The_whole_host_is_one_slice_of_one_thread_a_core()
    {
        using var tree = new FakeTree(1, 4, 2);
        var slice = Assert.Single(tree.Open().Partitioners[0].Place(Layout.Whole).Slices);
        Assert.Equal(("whole", 0, 4), (slice.Name, slice.Start, slice.Units));
        Assert.Equal([0, 1, 2, 3], slice.Cpus);
    }

    [Fact]
    public void Fixed_places_are_kept_and_others_go_round_them()
    {
        using var tree = new FakeTree(1, 4, 1);
        var slices = tree.Open().Partitioners[0].Place(Layout.Parse("1c@1+2c+1c")).Slices;
        Assert.Equal([("2c@2", 2), ("1c@0", 0), ("1c@1", 1)], slices.Select(s => (s.Name, s.Start)));
    }

    [Theory]
    [InlineData("3c+2c", "3c+2c asks for 5 cores, but this host has 4 cores; possible: 3c, 4x1c, whole.")]
    [InlineData("8c", "8c asks for 8 cores, but this host has 4 cores; possible: 4c, 4x1c, whole.")]
    [InlineData("2x1g.18gb", "1g.18gb is a MIG profile, and the host can only be cut into cores")]
    [InlineData("2x32sm", "32sm is a group of SMs")]
    [InlineData("2x50%", "50% is an MPS share")]
    [InlineData("2c@1+2c@2", "2c@1 and 2c@2 overlap at core 2")]
    [InlineData("2c@3", "2c@3 would end at core 4, but the last one is core 3; the highest start for 2c is 2c@2.")]
    [InlineData("1c@1+3c", "leave no run of cores for the rest of it; 3c+1c without places fits 4 cores")]
    public void A_layout_that_cannot_be_had_is_refused_with_the_reason(string layout, string reason)
    {
        using var tree = new FakeTree(1, 4, 1);
        Assert.Contains(reason, tree.Open().Partitioners[0].Place(Layout.Parse(layout)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_names_what_takes_the_cores_away()
    {
        using var tree = new FakeTree(1, 4, 1);
        tree.Write("sys/fs/cgroup/cpu.max", "150000 100000");
        var partitioner = tree.Open([0, 1, 2]).Partitioners[0];
        Assert.Equal((1, "cores"), partitioner.Units);
        var refusal = partitioner.Place(Layout.Parse("2x1c")).Refusal;
        Assert.Contains("only 1 core can be used of the 4 present", refusal, StringComparison.Ordinal);
        Assert.Contains("affinity 0-2 leaves 3 of 4", refusal, StringComparison.Ordinal);
        Assert.Contains("cpu quota of 1.5 keeps 1 of 3 busy", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_gives_the_placed_slices_and_refuses_what_cannot_be_placed()
    {
        using var tree = new FakeTree(1, 4, 1);
        var partitioner = tree.Open().Partitioners[0];
        await using var partition = await partitioner.Apply(Layout.Parse("2x2c"), default);
        Assert.Equal(["2c@0", "2c@2"], partition.Slices.Select(s => s.Name));
        await Assert.ThrowsAsync<PartitionException>(async () => await partitioner.Apply(Layout.Parse("5c"), default));
    }

    [Fact]
    public void A_layout_of_many_slices_is_placed_at_once()
    {
        using var tree = new FakeTree(2, 64, 1);
        Assert.Equal(128, tree.Open().Partitioners[0].Place(Layout.Parse("128x1c")).Slices.Count);
    }
}
