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

    [Theory]
    [InlineData("a30-24gb", int.MaxValue)]
    [InlineData("h200-141gb", 200)]
    public void A_layout_without_places_goes_where_most_of_it_already_is(string key, int states)
    {
        var model = GpuCatalogue.Get(key);
        var fitter = new LayoutFitter(model);
        var placed = new LayoutSpace(model).Placed(new()).ToArray();
        var byMultiset = placed.GroupBy(p => p.Multiset).ToArray();
        new Random(1).Shuffle(placed);
        foreach (var from in placed.Take(states))
        {
            var present = new MigSnapshot(new(true, true), [.. from.Instances.Select((p, i) => new MigSnapshot.Instance(i, p.Profile.Id!.Value, new(p.Start, p.Size), [new(0, 0, new(0, p.Profile.ComputeSlices))]))]);
            foreach (var to in byMultiset)
            {
                var most = to.Max(t => Kept(from, t));
                Assert.Equal(most, Kept(from, KeepingFit.Of(fitter, to.Key, present).Placed!));
            }
        }
    }

    static int Kept(PlacedLayout a, PlacedLayout b) => a.Instances.Select(i => (i.Profile, i.Start)).Intersect(b.Instances.Select(i => (i.Profile, i.Start))).Count();

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
