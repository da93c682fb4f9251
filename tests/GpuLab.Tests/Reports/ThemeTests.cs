using GpuLab.Reports.Plots;

namespace GpuLab.Tests.Reports;

public sealed class ThemeTests
{
    public static TheoryData<string> Themes => ["light", "dark"];

    static Theme Of(string name) => name == "light" ? Theme.Light : Theme.Dark;

    [Theory]
    [MemberData(nameof(Themes))]
    public void Text_stands_out_at_least_four_and_a_half_times(string name)
    {
        var c = Of(name).Colours;
        (string Text, string On)[] pairs = [("ink", "paper"), ("ink", "page"), ("ink-2", "paper"), ("ink-2", "window"), ("ink-3", "paper"), ("ink-3", "page"), ("ink-3", "free"), ("link", "page"), ("link", "paper"),
            ("bad", "bad-bg"), ("warn", "warn-bg"), ("note", "note-bg"), ("ink", "bad-bg"), ("ink", "warn-bg"), ("ink", "note-bg"), ("sim", "sim-bg"), ("sim", "paper"), ("good", "paper"),
            .. Enumerable.Range(0, Theme.StepCount).Select(i => ($"t{i}", $"q{i}")),
            .. Enumerable.Range(0, Theme.SeriesCount).SelectMany(i => new[] { ($"s{i}", "paper"), ("block-ink", $"s{i}") })];
        Assert.All(pairs, p => Assert.True(Contrast(c[p.Text], c[p.On]) >= 4.5, $"{p.Text} on {p.On}: {Contrast(c[p.Text], c[p.On]):0.00}"));
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public void Series_stand_out_at_least_three_times_from_paper_and_window(string name)
    {
        var c = Of(name).Colours;
        Assert.All(Enumerable.Range(0, Theme.SeriesCount), i => Assert.True(Contrast(c[$"s{i}"], c["paper"]) >= 3 && Contrast(c[$"s{i}"], c["window"]) >= 3, $"s{i}"));
    }

    [Fact]
    public void Contrast_agrees_with_the_published_extremes()
    {
        Assert.Equal(21, Contrast("#000000", "#ffffff"), 6);
        Assert.Equal(4.48, Contrast("#777777", "#ffffff"), 2);
    }

    [Fact]
    public void Neighbouring_series_differ_without_colour_and_no_two_of_280_are_alike()
    {
        var looks = Enumerable.Range(0, 280).Select(i => (new Series(i, "").Classes, new Series(i, "").Marker())).ToList();
        Assert.Equal(280, looks.Distinct().Count());
        Assert.All(looks.Zip(looks.Skip(1)), p => Assert.NotEqual(p.First.Item2, p.Second.Item2));
    }

    [Fact]
    public void A_figure_that_stands_alone_needs_no_custom_properties()
    {
        Assert.DoesNotContain("var(", Theme.Light.PlotCss, StringComparison.Ordinal);
        Assert.Contains("#2563a8", Theme.Light.PlotCss, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_for_a_paper_is_one_svg_with_its_own_size_and_style()
    {
        var file = SvgFile.Of(new Plot("a <b>", new Linear("x", "s"), new Linear("y", "B/s"), new Line(new(0, "a"), [new(0, 1), new(1, 2)])), 480, Theme.Light);
        var svg = SvgText.Parse(file);
        Assert.Equal("480", (string?)svg.Attribute("width"));
        Assert.Equal("a <b>", svg.Elements().First().Value);
        Assert.Contains("#2563a8", svg.Elements().Single(e => e.Name.LocalName == "style").Value, StringComparison.Ordinal);
        Assert.DoesNotContain("var(", file, StringComparison.Ordinal);
    }

    static double Contrast(string a, string b) => Colour.Contrast(Colour.Parse(a), Colour.Parse(b));
}
