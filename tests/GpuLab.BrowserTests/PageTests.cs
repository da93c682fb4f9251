using System.Text;
using Microsoft.Playwright;

namespace GpuLab.BrowserTests;

/// <summary>What holds for every page that this project writes.</summary>
[Collection("browser")]
public sealed class PageTests(Browser browser)
{
    static readonly string Overlaps = Script();

    public static TheoryData<string, int> PagesAndWidths
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (var name in Pages.Names)
            {
                all.Add(name, 1280);
                all.Add(name, 390);
            }
            return all;
        }
    }

    public static TheoryData<string> AllPages => new(Pages.Names);

    [BrowserTheory]
    [MemberData(nameof(PagesAndWidths))]
    public async Task A_page_opens_without_an_error_and_asks_for_nothing(string name, int width)
    {
        await using var watched = await browser.Open(name, width);
        await watched.Page.WaitForTimeoutAsync(100);
        Assert.Empty(watched.Errors);
        Assert.Equal([browser.Pages.Address(name)], watched.Requests);
        Assert.False(await watched.Page.EvaluateAsync<bool>("() => 'pwned' in window"));
    }

    [BrowserTheory]
    [MemberData(nameof(PagesAndWidths))]
    public async Task Nothing_is_wider_than_the_window(string name, int width)
    {
        await using var watched = await browser.Open(name, width);
        var wide = await watched.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll,pre,svg,.sr,details:not([open])') && e.getBoundingClientRect().right > innerWidth + 1).map(e => `${e.tagName}.${e.className} ${e.getBoundingClientRect().right}`)
            """);
        Assert.Empty(wide);
        Assert.True(await watched.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width);
    }

    [BrowserTheory]
    [MemberData(nameof(PagesAndWidths))]
    public async Task No_text_of_a_figure_covers_another_or_leaves_it(string name, int width)
    {
        await using var watched = await browser.Open(name, width);
        Assert.Empty(await watched.Page.EvaluateAsync<string[]>(Overlaps));
    }

    [BrowserTheory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task No_text_covers_another_whatever_the_values(int width)
    {
        await using var watched = await browser.Open("random", width);
        Assert.Empty(await watched.Page.EvaluateAsync<string[]>(Overlaps));
    }

    [BrowserFact]
    public async Task The_search_for_covered_texts_finds_them_level_and_slanted()
    {
        await using var watched = await browser.Open("host");
        await watched.Page.EvaluateAsync("""
            () => { const t = document.querySelector('figure .wide .axis.x text'), c = t.cloneNode(true); c.textContent = 'on top'; t.after(c); const s = c.cloneNode(true); s.textContent = 'slanted'; s.setAttribute('transform', `rotate(40 ${t.getAttribute('x')} ${t.getAttribute('y')})`); c.after(s); const o = c.cloneNode(true); o.textContent = 'outside'; o.setAttribute('x', -60); s.after(o); }
            """);
        var found = await watched.Page.EvaluateAsync<string[]>(Overlaps);
        Assert.Contains(found, f => f.Contains("'on top' and 'slanted'", StringComparison.Ordinal));
        Assert.Contains(found, f => f.Contains("'outside' leaves the drawing", StringComparison.Ordinal));
    }

    [BrowserTheory]
    [MemberData(nameof(AllPages))]
    public async Task A_page_is_complete_without_scripts(string name)
    {
        await using var live = await browser.Open(name);
        await using var still = await browser.Open(name, script: false);
        var figures = await live.Page.Locator("figure").CountAsync();
        Assert.Equal(figures, await still.Page.Locator("figure").CountAsync());
        foreach (var figure in await still.Page.Locator("figure .wide svg").AllAsync()) Assert.True((await figure.BoundingBoxAsync())!.Height > 20);
        Assert.Equal(await live.Page.Locator("tbody tr").CountAsync(), await still.Page.Locator("tbody tr").CountAsync());
        Assert.Empty(still.Errors);
    }

    [BrowserTheory]
    [MemberData(nameof(AllPages))]
    public async Task A_page_prints_light_from_a_dark_screen(string name)
    {
        await using var watched = await browser.Open(name, dark: true);
        const string ink = "() => getComputedStyle(document.querySelector('h1')).color";
        Assert.True(await Brightness(watched.Page, ink) > 180);
        var pdf = await watched.Page.PdfAsync(new() { Format = "A4", PrintBackground = true });
        Assert.Equal("%PDF-", Encoding.ASCII.GetString(pdf, 0, 5));
        Assert.True(pdf.Length > 10_000);
        await watched.Page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.True(await Brightness(watched.Page, ink) < 80);
        // What sticks on a screen is painted empty at the head of every further sheet.
        Assert.DoesNotContain("sticky", await watched.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('thead th')].map(h => getComputedStyle(h).position)"));
        Assert.Equal("none", await watched.Page.EvaluateAsync<string>("() => getComputedStyle(document.querySelector('nav')).display"));
        Assert.Empty(watched.Errors);
    }

    [BrowserTheory]
    [MemberData(nameof(AllPages))]
    public async Task The_theme_can_be_chosen_and_text_stays_readable(string name)
    {
        await using var watched = await browser.Open(name);
        const string paper = "() => getComputedStyle(document.documentElement).backgroundColor";
        Assert.True(await Brightness(watched.Page, paper) > 200);
        await watched.Page.Locator("button.theme").ClickAsync();
        Assert.True(await Brightness(watched.Page, paper) < 60);
        Assert.True(await Brightness(watched.Page, "() => getComputedStyle(document.querySelector('h1')).color") > 180);
        await watched.Page.Locator("button.theme").ClickAsync();
        Assert.True(await Brightness(watched.Page, paper) > 200);
    }

    /// <summary>Mean of the channels, 0 to 255.</summary>
    static async Task<double> Brightness(IPage page, string expression) =>
        (await page.EvaluateAsync<string>(expression)).Split('(', ',', ')').Skip(1).Take(3).Average(c => double.Parse(c, System.Globalization.CultureInfo.InvariantCulture));

    static string Script()
    {
        using var reader = new StreamReader(typeof(PageTests).Assembly.GetManifestResourceStream("overlaps.js")!);
        // What is evaluated is the function after the comment.
        reader.ReadLine();
        return reader.ReadToEnd();
    }
}
