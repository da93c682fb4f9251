using GpuLab.Control.Mig;
using GpuLab.Geometry;

namespace GpuLab.Tests.Mig;

/// <summary>An instance that is wanted as it is needs no change, every other change is needed: so the least number is known without searching.</summary>
public sealed class LeastChangeTests
{
    [Fact]
    public void Between_every_pair_of_layouts_of_an_a30_the_fewest_instances_are_destroyed_and_created()
    {
        var all = Layouts("a30-24gb");
        foreach (var from in all)
        {
            foreach (var to in all) Check(from, to);
        }
    }

    [Fact]
    public void Between_ten_thousand_random_pairs_of_an_h200_the_fewest_instances_are_destroyed_and_created()
    {
        var all = Layouts("h200-141gb");
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++) Check(all[random.Next(all.Length)], all[random.Next(all.Length)]);
    }

    /// <summary>A bound from the sets alone, and the steps are carried out on a set to see that they lead there without ever overlapping.</summary>
    static void Check(MigWanted[] from, MigWanted[] to)
    {
        var present = new MigSnapshot(new(true, true), [.. from.Select((w, i) => new MigSnapshot.Instance(i, w.ProfileId, w.Place, [new(0, 0, new(0, w.Computes[0].SliceCount))]))]);
        var steps = MigSteps.Between(present, true, to);
        var stay = from.Select(Key).Intersect(to.Select(Key)).Count();
        Assert.Equal(from.Length - stay, steps.Count(s => s is MigStep.DestroyInstance));
        Assert.Equal(from.Length - stay, steps.Count(s => s is MigStep.DestroyCompute));
        Assert.Equal(to.Length - stay, steps.Count(s => s is MigStep.CreateInstance));
        Assert.Equal(to.Length - stay, steps.Count(s => s is MigStep.CreateCompute));
        var live = present.Instances.Select(i => (i.ProfileId, i.Place)).ToHashSet();
        foreach (var step in steps)
        {
            if (step is MigStep.DestroyInstance destroy) live.RemoveWhere(l => l.Place == destroy.Place);
            if (step is not MigStep.CreateInstance create) continue;
            Assert.DoesNotContain(live, l => l.Place.Overlaps(create.Place));
            live.Add((create.ProfileId, create.Place));
        }
        Assert.True(live.SetEquals(to.Select(Key)));
    }

    static (int, MigPlace) Key(MigWanted w) => (w.ProfileId, w.Place);

    static MigWanted[][] Layouts(string key) => [.. new LayoutSpace(GpuCatalogue.Get(key)).Placed(new()).Select(l => l.Instances
        .Select(i => new MigWanted(i.Profile.Id!.Value, new(i.Start, i.Size), [new(i.Profile.ComputeSlices, 0)])).ToArray())];
}
