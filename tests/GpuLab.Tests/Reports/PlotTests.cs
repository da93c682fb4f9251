using System.Globalization;
using GpuLab.Reports.Plots;

namespace GpuLab.Tests.Reports;

public sealed class PlotTests
{
    static readonly Series A = new(0, "first"), B = new(1, "second");

    static Plot Small => new("Copy", new Band("", "1c@0", "1c@1"), new Linear("bandwidth", "B/s"), new Bars(A, [new(11.25e9, 11.1e9, 11.4e9), new(9e9, 9e9, 9e9)]), new Rule("ceiling", new(-0.5, 12e9), new(1.5, 12e9)));

    [Fact]
    public void The_markup_of_a_small_plot_is_as_approved()
    {
        var approved = File.ReadAllText(Path.Combine(Folder(), "small-plot.approved.svg"));
        if (Environment.GetEnvironmentVariable("GPULAB_REPORT_FOLDER") is { Length: > 0 } folder) File.WriteAllText(Path.Combine(folder, "small-plot.svg"), Small.Svg(360, "f1").Replace("><", ">\n<", StringComparison.Ordinal) + "\n");
        Assert.Equal(approved.ReplaceLineEndings("\n").TrimEnd(), Small.Svg(360, "f1").Replace("><", ">\n<", StringComparison.Ordinal));
    }

    static string Folder() => Path.Combine(EndToEnd.Sources.Root, "tests", "GpuLab.Tests", "Reports");

    [Fact]
    public void Markup_carries_classes_and_never_colours()
    {
        foreach (var drawing in Zoo.All(simulated: true))
        {
            var svg = drawing.Svg(740, "z");
            Assert.DoesNotMatch("fill='|stroke='|style=|#[0-9a-fA-F]{6}", svg);
        }
    }

    [Theory]
    [InlineData(740)]
    [InlineData(360)]
    public void No_text_covers_another_in_any_kind_of_plot(double width)
    {
        foreach (var drawing in Zoo.All(simulated: false)) SvgText.AssertNoTextCoversAnother(drawing.Svg(width, "z"));
    }

    [Theory]
    [InlineData(740)]
    [InlineData(360)]
    public void No_text_leaves_the_drawing(double width)
    {
        foreach (var drawing in Zoo.All(simulated: false))
        {
            Assert.All(SvgText.Boxes(SvgText.Parse(drawing.Svg(width, "z"))), b => Assert.True(b.Left >= -2 && b.Right <= width + 2, $"{drawing.Title}: '{b.Text}' from {b.Left} to {b.Right}"));
        }
    }

    [Fact]
    public void A_simulated_drawing_says_so_inside_in_every_quarter()
    {
        foreach (var drawing in Zoo.All(simulated: true))
        {
            var svg = SvgText.Parse(drawing.Svg(740, "z"));
            Assert.StartsWith("SIMULATED", svg.Elements().First(e => e.Name.LocalName == "title").Value, StringComparison.Ordinal);
            var stamps = svg.Descendants().Where(e => e.Name.LocalName == "text" && e.Value == "SIMULATED" && e.Attribute("transform") is not null)
                .Select(e => double.Parse(((string)e.Attribute("transform")!)["translate(".Length..].Split(' ')[0], CultureInfo.InvariantCulture)).ToList();
            for (var quarter = 0; quarter < 4; quarter++) Assert.Contains(stamps, x => x + 60 >= quarter * 185 && x + 60 < (quarter + 1) * 185);
            Assert.DoesNotContain("SIMULATED", drawing.Plain().Svg(740, "z"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_drawing_has_a_table_with_the_stored_values()
    {
        foreach (var drawing in Zoo.All(simulated: false)) Assert.NotEmpty(drawing.Table);
        Assert.Equal([11.25e9, 9e9, 12e9], Small.Table.Select(d => d.Value));
        Assert.Contains("data-v='11250000000'", Small.Svg(740, "f"), StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_carry_the_exact_value_and_not_the_pixel()
    {
        var svg = new Plot("p", new Linear("x", "s"), new Linear("y", "B/s"), new Line(A, [new(0.1, 8.0070000001e9), new(0.2, 1.0 / 3)])).Svg(740, "f");
        Assert.Contains("data-v='8007000000.1 0.3333333333333333'", svg, StringComparison.Ordinal);
        Assert.Contains("data-x='0.1 0.2'", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_not_numbers_are_left_out_of_the_drawing()
    {
        var svg = new Plot("p", new Linear("x", "s"), new Linear("y", "B/s"), new Line(A, [new(0, 1), new(1, double.NaN), new(2, double.PositiveInfinity), new(3, 2)]), new Dots(B, Along.Y, [new(new(1, double.NaN))])).Svg(740, "f");
        Assert.DoesNotMatch("[MLxy=' ](NaN|∞|Infinity)['L ]", System.Text.RegularExpressions.Regex.Replace(svg, "data-v='[^']*'", ""));
    }

    [Fact]
    public void Numbers_are_written_the_same_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var svg = Small.Svg(740, "f");
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NegativeSign) = (",", "~");
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.Equal(svg, Small.Svg(740, "f"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
