using System.Text;
using System.Text.RegularExpressions;

namespace GpuLab.Reports.Plots;

/// <summary>The colours by name. A report carries them as custom properties; a file for a paper carries the values, because LaTeX, Inkscape and librsvg know no properties.</summary>
public sealed partial record Theme(IReadOnlyDictionary<string, string> Colours)
{
    static readonly string[] BlackAndWhite = ["#000000", "#ffffff"];

    public const int SeriesCount = 8, StepCount = 9;

    public static readonly Theme Light = Of(
        "paper:#ffffff page:#f6f7f9 ink:#14181d ink-2:#3d454f ink-3:#5b6470 grid:#e8ebef axis:#a9b1bb free:#f1f3f5 stamp:#e7eaee link:#1f5fa8 bad:#b3261e bad-bg:#fdecea warn:#8a5300 warn-bg:#fdf3e1 note:#2b5c8a note-bg:#eaf2fa good:#1b6e4b sim:#8a1c6b sim-bg:#fbe9f6 block-ink:#ffffff window:#dfe8f2",
        "#2563a8 #b4500a #1a7457 #a82f68 #6a4bb0 #7d5f0e #1f7389 #5f6b78",
        "#eef4fa #d9e7f4 #bcd6ec #97bfe0 #6fa3d0 #4a85ba #2f6ba8 #1f4f87 #143862");

    public static readonly Theme Dark = Of(
        "paper:#151a20 page:#0e1216 ink:#edf0f3 ink-2:#c3cad2 ink-3:#98a2ad grid:#252c34 axis:#515c67 free:#1c232a stamp:#262d35 link:#7db4f5 bad:#ff9d94 bad-bg:#3a1a18 warn:#f2b866 warn-bg:#33260f note:#8dc0f2 note-bg:#142838 good:#62cf9e sim:#f29bd6 sim-bg:#38142d block-ink:#0c1014 window:#1e2a36",
        "#6aa8ef #f0a04b #4cc29b #ee86b2 #b09af3 #d0b44c #73bcd3 #a9b3bd",
        "#17212b #1a2d42 #1f3d5c #265077 #306393 #4381b6 #5f9bcf #88b9e3 #bad9f4");

    /// <summary>Rules for the series and the steps follow from their count; the rest is in the file.</summary>
    static string PlotSheet { get; } = Assets.PlotCss + Classes();

    /// <summary>The style sheet of a figure that stands alone.</summary>
    public string PlotCss => Reference().Replace(PlotSheet, m => Colours[m.Groups[1].Value]);

    /// <summary>The style sheet of a page's plots: light, dark by preference or by choice, light on paper.</summary>
    public static string PageCss { get; } =
        $":root{{color-scheme:light;{Light.Variables}}}\n" +
        $"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{Dark.Variables}}}}}\n" +
        $"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{Dark.Variables}}}}}\n" + PlotSheet;

    string Variables => string.Concat(Colours.Select(c => $"--{c.Key}:{c.Value};"));

    static string Classes()
    {
        var css = new StringBuilder();
        for (var i = 0; i < SeriesCount; i++)
        {
            var p = FormattableString.Invariant($".plot .c{i} ");
            var self = FormattableString.Invariant($".plot .c{i}");
            var colour = FormattableString.Invariant($"var(--s{i})");
            css.Append($"{p}.line,{p}.bar,{p}.interval,{p}.plateau,{p}.wave,{p}.marker,{p}.leader{{stroke:{colour}}}{p}.bar,{p}.ribbon,{p}.strip,{p}.marker:not(.open),{self}.block rect,{self}.end text{{fill:{colour}}}\n");
        }
        for (var i = 0; i < StepCount; i++) css.Append(FormattableString.Invariant($".plot .q{i} rect{{fill:var(--q{i})}}.plot .q{i} text{{fill:var(--t{i})}}\n"));
        return css.ToString();
    }

    static Theme Of(string named, string series, string steps)
    {
        var colours = named.Split(' ').Select(n => n.Split(':')).ToDictionary(n => n[0], n => n[1]);
        foreach (var (i, c) in series.Split(' ').Index()) colours[$"s{i}"] = c;
        foreach (var (i, c) in steps.Split(' ').Index()) (colours[$"q{i}"], colours[$"t{i}"]) = (c, Readable(c));
        return new(colours);
    }

    /// <summary>Black or white, whichever stands out more.</summary>
    static string Readable(string on) => BlackAndWhite.MaxBy(c => Colour.Contrast(Colour.Parse(c), Colour.Parse(on)))!;

    [GeneratedRegex(@"var\(--([a-z0-9-]+)\)")]
    private static partial Regex Reference();
}
