using System.Globalization;
using System.Xml.Linq;
using Microsoft.Playwright;

namespace GpuLab.BrowserTests;

/// <summary>What a reader can do with figures and tables.</summary>
[Collection("browser")]
public sealed class FigureTests(Browser browser)
{
    const string Lines = "figure:has(.wide .marks .line)";

    [BrowserTheory]
    [InlineData("measured")]
    [InlineData("simulated")]
    [InlineData("devices")]
    public async Task Pointing_at_a_mark_shows_the_stored_value(string name)
    {
        await using var watched = await browser.Open(name);
        var hit = watched.Page.Locator(".wide .hit[data-v]:has(.marker,.bar)").First;
        await hit.HoverAsync(new() { Force = true });
        var tip = watched.Page.Locator(".tip");
        Assert.True(await tip.IsVisibleAsync());
        Assert.Contains("stored: " + await hit.GetAttributeAsync("data-v"), await tip.InnerTextAsync(), StringComparison.Ordinal);
    }

    [BrowserTheory]
    [InlineData("measured")]
    [InlineData("simulated")]
    [InlineData("regression")]
    public async Task Pointing_at_lines_shows_the_values_of_the_nearest_points(string name)
    {
        await using var watched = await browser.Open(name);
        var box = await Panel(watched.Page);
        await watched.Page.Mouse.MoveAsync(box.X + (box.Width * 0.98f), box.Y + (box.Height / 2));
        var values = (await watched.Page.Locator(".tip .exact").AllInnerTextsAsync()).Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToList();
        var last = (await watched.Page.Locator($"{Lines} .wide .line[data-v]").First.GetAttributeAsync("data-v"))!.Split(' ')[^1];
        Assert.Contains(double.Parse(last, CultureInfo.InvariantCulture), values);
        Assert.NotNull(await watched.Page.Locator($"{Lines} .wide .cross").First.GetAttributeAsync("d"));
    }

    [BrowserTheory]
    [InlineData("measured")]
    [InlineData("simulated")]
    [InlineData("regression")]
    public async Task Dragging_zooms_and_a_double_click_goes_back(string name)
    {
        await using var watched = await browser.Open(name);
        var (page, figure) = (watched.Page, watched.Page.Locator(Lines).First);
        var line = figure.Locator(".wide .marks .line").First;
        var (before, ticks) = (await line.GetAttributeAsync("d"), await figure.Locator(".wide .axis.x").First.InnerHTMLAsync());
        var box = await Panel(page);
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.3f), box.Y + (box.Height * 0.3f));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.6f), box.Y + (box.Height * 0.7f), new() { Steps = 4 });
        await page.Mouse.UpAsync();
        Assert.Contains("zoomed", await figure.GetAttributeAsync("class") ?? "", StringComparison.Ordinal);
        Assert.NotEqual(before, await line.GetAttributeAsync("d"));
        Assert.NotEqual(ticks, await figure.Locator(".wide .axis.x").First.InnerHTMLAsync());
        await page.Mouse.DblClickAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        Assert.Equal(before, await line.GetAttributeAsync("d"));
        Assert.Equal(ticks, await figure.Locator(".wide .axis.x").First.InnerHTMLAsync());
        Assert.Empty(watched.Errors);
    }

    [BrowserTheory]
    [InlineData("simulated")]
    [InlineData("devices")]
    [InlineData("regression")]
    public async Task A_name_in_the_legend_takes_its_series_away_and_brings_it_back(string name)
    {
        await using var watched = await browser.Open(name);
        var key = watched.Page.Locator("figure .wide .key[data-key]:not(.end)").First;
        var name1 = await key.GetAttributeAsync("data-key");
        const string hidden = "(k) => [...k.closest('svg').querySelectorAll('.marks > [data-key]')].filter(g => g.dataset.key === k.dataset.key && g.style.display === 'none').length";
        Assert.Equal(0, await key.EvaluateAsync<int>(hidden));
        await key.ClickAsync(new() { Force = true });
        Assert.True(await key.EvaluateAsync<int>(hidden) > 0, name1);
        await key.ClickAsync(new() { Force = true });
        Assert.Equal(0, await key.EvaluateAsync<int>(hidden));
    }

    [BrowserTheory]
    [InlineData("measured", false)]
    [InlineData("simulated", true)]
    [InlineData("devices", true)]
    public async Task A_figure_can_be_saved_as_svg_and_png(string name, bool simulated)
    {
        await using var watched = await browser.Open(name);
        var figure = watched.Page.Locator("figure").First;
        var svg = await Saved(watched.Page, figure, "SVG");
        var drawing = XDocument.Parse(System.Text.Encoding.UTF8.GetString(svg)).Root!;
        Assert.Equal("svg", drawing.Name.LocalName);
        Assert.Equal("740", (string?)drawing.Attribute("width"));
        Assert.Equal(simulated, drawing.Descendants().Any(e => e.Name.LocalName == "text" && e.Value == "SIMULATED"));
        Assert.DoesNotContain("var(--", drawing.ToString(), StringComparison.Ordinal);
        var png = await Saved(watched.Page, figure, "PNG");
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], png[..4]);
        Assert.Equal(740 * 3, (png[16] << 24) | (png[17] << 16) | (png[18] << 8) | png[19]);
    }

    [BrowserFact]
    public async Task A_table_sorts_by_what_is_stored_both_ways()
    {
        await using var watched = await browser.Open("simulated");
        var table = watched.Page.Locator("#figures table");
        var heads = await table.Locator("thead th").AllTextContentsAsync();
        var column = heads.ToList().FindIndex(h => h.StartsWith("median", StringComparison.Ordinal));
        var button = table.Locator("thead th").Nth(column).Locator("button");
        async Task<double[]> Values() => await table.Locator("tbody").EvaluateAsync<double[]>("(b, c) => [...b.rows].map(r => Number(r.cells[c].dataset.v))", column);
        await button.ClickAsync();
        var up = await Values();
        Assert.Equal(up.Order(), up);
        Assert.True(up.Distinct().Count() > 5);
        await button.ClickAsync();
        Assert.Equal(up.OrderDescending(), await Values());
    }

    [BrowserFact]
    public async Task A_filter_leaves_the_rows_in_which_all_words_occur()
    {
        await using var watched = await browser.Open("host");
        var rows = watched.Page.Locator("#figures tbody tr");
        var all = await rows.CountAsync();
        await watched.Page.Locator("#figures input.filter").FillAsync("MEM.TRIAD together");
        var shown = await rows.EvaluateAllAsync<string[]>("rows => rows.filter(r => !r.hidden).map(r => r.textContent)");
        Assert.InRange(shown.Length, 1, all - 1);
        Assert.All(shown, t => Assert.True(t.Contains("mem.triad", StringComparison.Ordinal) && t.Contains("together", StringComparison.Ordinal)));
        await watched.Page.Locator("#figures input.filter").FillAsync("");
        Assert.Equal(all, await rows.EvaluateAllAsync<int>("rows => rows.filter(r => !r.hidden).length"));
    }

    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Samples_and_figures_can_be_saved_with_a_script_and_without(bool script)
    {
        await using var watched = await browser.Open("host", script: script);
        foreach (var (name, first) in ((string, byte[])[])[("figures.csv", "run,device"u8.ToArray()), ("samples.csv.gz", [0x1F, 0x8B])])
        {
            var download = await watched.Page.RunAndWaitForDownloadAsync(() => watched.Page.Locator($"#data a[download='{name}']").ClickAsync());
            Assert.Equal(name, download.SuggestedFilename);
            Assert.Equal(first, (await File.ReadAllBytesAsync(await download.PathAsync()))[..first.Length]);
        }
        Assert.Empty(watched.Errors);
    }

    [BrowserFact]
    public async Task Keys_walk_through_the_points_of_a_figure()
    {
        await using var watched = await browser.Open("simulated");
        await watched.Page.Locator($"{Lines} .wide svg").First.FocusAsync();
        await watched.Page.Keyboard.PressAsync("End");
        Assert.True(await watched.Page.Locator(".tip").IsVisibleAsync());
        Assert.NotEmpty(await watched.Page.Locator(".sr").TextContentAsync() ?? "");
        await watched.Page.Keyboard.PressAsync("Escape");
        Assert.False(await watched.Page.Locator(".tip").IsVisibleAsync());
    }

    /// <summary>Between the axes of the first figure with lines, brought into view.</summary>
    static async Task<(float X, float Y, float Width, float Height)> Panel(IPage page)
    {
        var panel = page.Locator($"{Lines} .wide .panel").First;
        await panel.ScrollIntoViewIfNeededAsync();
        // What comes into sight is laid out in the next frame, and may be higher or lower than the room kept for it.
        await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))");
        await panel.ScrollIntoViewIfNeededAsync();
        var box = await panel.EvaluateAsync<float[]>("""
            p => { const [l, t, r, b] = p.dataset.box.split(' ').map(Number), m = p.getScreenCTM(); return [m.a * l + m.e, m.d * t + m.f, m.a * (r - l), m.d * (b - t)]; }
            """);
        return (box[0], box[1], box[2], box[3]);
    }

    static async Task<byte[]> Saved(IPage page, ILocator figure, string kind)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => figure.Locator($".tools button:text-is('{kind}')").ClickAsync());
        Assert.EndsWith("." + kind.ToLowerInvariant(), download.SuggestedFilename, StringComparison.Ordinal);
        return await File.ReadAllBytesAsync(await download.PathAsync());
    }
}
