using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Tests.Geometry;

public sealed class LayoutSpaceTests
{
    public static TheoryData<string> Placeable => [.. GpuCatalogue.All.Where(m => m.Unknown is null).Select(m => m.Key)];

    [Theory]
    [MemberData(nameof(Placeable))]
    public void Placed_sets_are_those_that_brute_force_finds(string key)
    {
        var model = GpuCatalogue.Get(key);
        var expected = BruteForce.PlacedSets(model).Select(Text).Order(StringComparer.Ordinal).ToArray();
        var actual = new LayoutSpace(model).Placed(new()).Select(p => Text([.. p.Instances.Select(i => (i.Profile, i.Start))])).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, actual);
        Assert.Equal(expected.Length, (int)new LayoutSpace(model).CountPlaced(new()));
    }

    [Theory]
    [MemberData(nameof(Placeable))]
    public void Multisets_are_those_that_some_placed_set_has(string key)
    {
        var model = GpuCatalogue.Get(key);
        var expected = BruteForce.PlacedSets(model).Select(BruteForce.Multiset).Distinct().Order(StringComparer.Ordinal).ToArray();
        var actual = new LayoutSpace(model).Multisets(new())
            .Select(l => string.Join('+', l.Items.Select(i => i.Profile.ToString()).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Placeable))]
    public void Counting_agrees_with_listing_for_every_kind_of_question(string key)
    {
        var model = GpuCatalogue.Get(key);
        var space = new LayoutSpace(model);
        foreach (var splits in Enum.GetValues<ComputeSplits>())
        {
            foreach (var maximal in (bool[])[true, false])
            {
                foreach (var containing in (Profile?[])[null, model.Profiles[0].Name, model.Profiles[^1].Name])
                {
                    var query = new LayoutQuery(maximal, splits, containing, Empty: !maximal);
                    var layouts = space.Multisets(query).ToArray();
                    Assert.Equal(layouts.Length, layouts.Distinct().Count());
                    Assert.Equal(layouts.Length, (int)space.CountMultisets(query));
                    if (splits != ComputeSplits.Partial) Assert.Equal(space.Placed(query).Count(), (int)space.CountPlaced(query));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Placeable))]
    public void Compute_instance_splits_multiply_as_partitions_of_the_slices_do(string key)
    {
        var model = GpuCatalogue.Get(key);
        foreach (var partial in (bool[])[false, true])
        {
            var expected = BruteForce.PlacedSets(model).Sum(s => s.Aggregate(1L, (n, p) => n * BruteForce.Cuts(p.Profile.ComputeSizes, p.Profile.ComputeSlices, partial)));
            Assert.Equal(expected, (long)new LayoutSpace(model).CountPlaced(new(Splits: partial ? ComputeSplits.Partial : ComputeSplits.Full)));
        }
    }

    [Theory]
    [MemberData(nameof(Placeable))]
    public void Maximal_placed_sets_are_those_that_are_part_of_no_other(string key)
    {
        var model = GpuCatalogue.Get(key);
        var all = BruteForce.PlacedSets(model);
        var texts = all.Select(Text).ToHashSet();
        var places = model.Profiles.SelectMany(p => p.Places!.Starts.Select(s => (Profile: p, Start: s))).ToArray();
        var expected = all.Where(set => !places.Any(p => !set.Contains(p) && texts.Contains(Text([.. set, p])))).Select(Text).Order(StringComparer.Ordinal).ToArray();
        var actual = new LayoutSpace(model).Placed(new(Maximal: true)).Select(p => Text([.. p.Instances.Select(i => (i.Profile, i.Start))])).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Placeable))]
    public void The_fitter_accepts_exactly_the_multisets_that_exist(string key)
    {
        var model = GpuCatalogue.Get(key);
        var fitter = new LayoutFitter(model);
        var legal = new LayoutSpace(model).Multisets(new()).ToHashSet();
        foreach (var layout in legal)
        {
            Assert.Null(fitter.Fit(layout).Refusal);
            foreach (var profile in model.Profiles)
            {
                var more = new Layout([.. layout.Items, new(profile.Name)]);
                Assert.Equal(legal.Contains(more), fitter.Fits(more.Items));
            }
        }
    }

    [Fact]
    public void A_full_split_of_the_largest_instance_has_every_partition_of_seven_without_fives_and_sixes()
    {
        var cuts = new LayoutSpace(GpuCatalogue.Get("a100-40gb")).Multisets(new(Splits: ComputeSplits.Full, Containing: Layout.Parse("7g.40gb").Items[0].Profile));
        Assert.Equal(12, cuts.Count());
    }

    [Fact]
    public void Layouts_of_a_gpu_without_known_places_are_refused_with_what_is_missing()
    {
        var error = Assert.Throws<GeometryException>(() => new LayoutSpace(GpuCatalogue.Get("rtx-pro-5000-48gb")));
        Assert.Contains("not known", error.Message, StringComparison.Ordinal);
    }

    static string Text((GpuInstanceProfile Profile, int Start)[] set) =>
        string.Join('+', set.OrderBy(s => s.Start).Select(s => $"{s.Profile.Name}@{s.Start}"));
}
