using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Tests.Geometry;

public sealed class LayoutFitterTests
{
    static Fit Fit(string key, string layout) => new LayoutFitter(GpuCatalogue.Get(key)).Fit(Layout.Parse(layout));

    static string Refusal(string key, string layout) => Fit(key, layout).Refusal?.ToString() ?? throw new Xunit.Sdk.XunitException($"{layout} fits");

    [Theory]
    [InlineData("a100-40gb", "7x1g.5gb", "1g.5gb@0+1g.5gb@1+1g.5gb@2+1g.5gb@3+1g.5gb@4+1g.5gb@5+1g.5gb@6")]
    [InlineData("a100-40gb", "4g.20gb+3g.20gb", "4g.20gb@0+3g.20gb@4")]
    [InlineData("a100-40gb", "3g.20gb+2x2g.10gb", "3g.20gb@4+2g.10gb@0+2g.10gb@2")]
    [InlineData("a100-40gb", "3g.20gb@0+2g.10gb+1g.10gb@6", "3g.20gb@0+2g.10gb@4+1g.10gb@6")]
    [InlineData("h200-141gb", "3g.71gb@4(1c+2c)", "3g.71gb@4(2c+1c)")]
    [InlineData("rtx-pro-6000-96gb", "1g.24gb+me.all+3x1g.24gb-me", "1g.24gb+me.all@0+1g.24gb-me@3+1g.24gb-me@6+1g.24gb-me@9")]
    [InlineData("rtx-pro-6000-96gb", "2g.48gb+gfx+1g.24gb+me+1g.24gb-me", "2g.48gb+gfx@0+1g.24gb+me@6+1g.24gb-me@9")]
    [InlineData("a30-24gb", "2g.12gb+me+2x1g.6gb", "2g.12gb+me@0+1g.6gb@2+1g.6gb@3")]
    public void Gives_places_and_the_same_ones_every_time(string key, string layout, string placed)
    {
        Assert.Equal(Layout.Parse(placed), Fit(key, layout).Placed!.Layout);
        Assert.Equal(Layout.Parse(placed), Fit(key, placed).Placed!.Layout);
    }

    [Theory]
    [InlineData("a100-40gb", "4g.20gb+3g.20gb+1g.5gb", "4g.20gb+3g.20gb+1g.5gb", "8 compute slices of 7 and they need 9 memory units of 8", "")]
    [InlineData("a100-40gb", "2x4g.20gb+1g.5gb", "2x4g.20gb", "8 compute slices of 7", "at most")]
    [InlineData("a100-40gb", "8x1g.5gb", "8x1g.5gb", "at most 7", "")]
    [InlineData("a100-40gb", "2x1g.5gb+me+1g.5gb", "2x1g.5gb+me", "only one instance with +me", "at most 1 of")]
    [InlineData("a30-24gb", "1g.6gb+me+2g.12gb+me+1g.6gb", "2g.12gb+me+1g.6gb+me", "only one instance with +me", "")]
    [InlineData("rtx-pro-6000-96gb", "1g.24gb+me.all+1g.24gb+1g.24gb-me", "1g.24gb+1g.24gb+me.all", "+me.all takes every media engine", "")]
    [InlineData("rtx-pro-6000-96gb", "1g.24gb+me.all+1g.24gb+gfx", "1g.24gb+gfx+1g.24gb+me.all", "+me.all takes every media engine", "")]
    [InlineData("a100-40gb", "3g.20gb@0+4g.20gb", "3g.20gb@0+4g.20gb", "overlap", "")]
    [InlineData("a100-40gb", "3g.20gb+3x2g.10gb", "3g.20gb+3x2g.10gb", "9 compute slices of 7", "10 memory units")]
    [InlineData("a100-40gb", "3x2g.10gb+1g.10gb+1g.5gb+1g.5gb", "", "memory units", "compute slices")]
    public void Names_the_smallest_set_that_conflicts_and_why(string key, string layout, string conflict, string reason, string otherReason)
    {
        var refusal = Fit(key, layout).Refusal!;
        if (conflict.Length > 0) Assert.Equal(Layout.Parse(conflict), new Layout(refusal.Conflict));
        Assert.True(refusal.Reason.Contains(reason, StringComparison.Ordinal) || (otherReason.Length > 0 && refusal.Reason.Contains(otherReason, StringComparison.Ordinal)), refusal.ToString());
        // Smallest means that leaving out any one of them cures it.
        var fitter = new LayoutFitter(GpuCatalogue.Get(key));
        Assert.False(fitter.Fits(refusal.Conflict));
        for (var i = 0; i < refusal.Conflict.Count; i++) Assert.True(fitter.Fits([.. refusal.Conflict.Where((_, j) => j != i)]));
    }

    [Theory]
    [InlineData("a100-40gb", "3g.71gb", "no profile 3g.71gb (a profile of h200-141gb)")]
    [InlineData("a100-40gb", "3g.20gb@2", "it starts at 0 or 4")]
    [InlineData("a100-40gb", "1g.5gb@7", "has no place at 7")]
    [InlineData("a100-40gb", "1g.5gb@999999999", "has no place at 999999999")]
    [InlineData("a100-40gb", "3g.20gb(2x2c)", "add up to 4 compute slices of 3")]
    [InlineData("a100-40gb", "4g.20gb(3c)", "no compute instance 3c")]
    [InlineData("a100-40gb", "2x1c", "not a MIG profile")]
    [InlineData("rtx-pro-5000-48gb", "2x1g.24gb", "not known")]
    [InlineData("thor-igpu", "1g.0gb", "not known")]
    public void Refuses_what_a_single_item_gets_wrong(string key, string layout, string expected) =>
        Assert.Contains(expected, Refusal(key, layout), StringComparison.Ordinal);

    [Theory]
    [InlineData("a100-40gb", "4g.20gb+3g.20gb+1g.5gb", "4g.20gb+3g.20gb")]
    [InlineData("a100-40gb", "8x1g.5gb", "7x1g.5gb")]
    [InlineData("a100-40gb", "2x3g.71gb", "2x3g.20gb")]
    [InlineData("a100-40gb", "3g.20gb@2", "3g.20gb")]
    [InlineData("a100-40gb", "3g.20gb@4(2x2c)", "3g.20gb@4")]
    [InlineData("h200-141gb", "3g.71gb(1c+2c)+5x1g.18gb", "3g.71gb(2c+1c)+4x1g.18gb")]
    public void Offers_the_nearest_layouts_that_fit(string key, string layout, string nearest)
    {
        var offered = Fit(key, layout).Refusal!.Nearest;
        Assert.Contains(Layout.Parse(nearest), offered);
        Assert.All(offered, o => Assert.Null(Fit(key, o.ToString()).Refusal));
    }

    [Fact]
    public void A_layout_of_a_hundred_kilobytes_is_refused_shortly()
    {
        var items = string.Join('+', Enumerable.Repeat("1g.5gb", 1000));
        Assert.True(Refusal("a100-40gb", items).Length < 1000);
        Assert.False(Layout.TryParse(string.Join('+', Enumerable.Repeat("1g.5gb", 15_000)), out _, out var tooLong));
        Assert.True(tooLong.ToString().Length < 300);
        var parts = $"7g.40gb({string.Join('+', Enumerable.Repeat("1c", 33_000))})";
        Assert.True(parts.Length > 98_000);
        Assert.Contains("33000 compute slices of 7", Refusal("a100-40gb", parts), StringComparison.Ordinal);
        Assert.True(Refusal("a100-40gb", parts).Length < 1000);
    }

    [Fact]
    public void The_uncut_gpu_always_fits() => Assert.Empty(Fit("thor-igpu", "whole").Placed!.Instances);
}
