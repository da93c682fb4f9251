using System.Globalization;
using Microsoft.Playwright;

namespace GpuLab.BrowserTests;

/// <summary>What a reader does who moves, compares, types, listens or copies.</summary>
[Collection("browser")]
public sealed class ReaderTests(Browser browser)
{
    const string Ticks = "svg => [...svg.querySelectorAll('.panel')][0].querySelectorAll('.axis.AXIS text').length ? [...svg.querySelectorAll('.panel')][0].querySelector('.axis.AXIS').textContent : ''";

    [BrowserTheory]
    [InlineData("simulated")]
    [InlineData("devices")]
    [InlineData("hostile")]
    public async Task Every_mark_tells_its_stored_value_and_its_name_as_text(string name)
    {
        await using var watched = await browser.Open(name);
        // A pointer over each mark of each kind, as the browser would tell it.
        var wrong = await watched.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('figure .wide .hit')].filter(hit => {
              hit.dispatchEvent(new PointerEvent('pointerover', { bubbles: true, clientX: 200, clientY: 200 }));
              const tip = document.querySelector('.tip'), exact = tip.querySelector('.exact');
              const stored = hit.dataset.v === 'NaN' ? !exact : exact?.textContent === 'stored: ' + hit.dataset.v && Number.isFinite(Number(hit.dataset.v));
              return tip.hidden || !stored || !tip.querySelector('b').textContent || tip.querySelector('script,img');
            }).map(hit => hit.dataset.tip)
            """);
        Assert.Empty(wrong);
        Assert.Empty(watched.Errors);
        Assert.False(await watched.Page.EvaluateAsync<bool>("() => 'pwned' in window"));
    }

    [BrowserFact]
    public async Task A_wheel_scales_and_shift_and_drag_move_both_axes()
    {
        await using var watched = await browser.Open("simulated");
        var figure = await Zoomable(watched.Page);
        var svg = figure.Locator(".wide svg");
        async Task<(string X, string Y)> Axes() => (await svg.EvaluateAsync<string>(Ticks.Replace("AXIS", "x", StringComparison.Ordinal)), await svg.EvaluateAsync<string>(Ticks.Replace("AXIS", "y", StringComparison.Ordinal)));
        var all = await Axes();
        var box = (await svg.BoundingBoxAsync())!;
        var (x, y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await watched.Page.Mouse.MoveAsync(x, y);
        await watched.Page.Mouse.WheelAsync(0, -100);
        Assert.Equal(all, await Axes());
        await figure.ScrollIntoViewIfNeededAsync();
        box = (await svg.BoundingBoxAsync())!;
        (x, y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await watched.Page.Keyboard.DownAsync("Control");
        for (var i = 0; i < 5; i++) await watched.Page.Mouse.WheelAsync(0, -100);
        await watched.Page.Keyboard.UpAsync("Control");
        await Assertions.Expect(figure).ToHaveClassAsync("zoomed");
        var near = await Axes();
        Assert.NotEqual(all.X, near.X);
        Assert.NotEqual(all.Y, near.Y);
        await watched.Page.Keyboard.DownAsync("Shift");
        await watched.Page.Mouse.MoveAsync(x, y);
        await watched.Page.Mouse.DownAsync();
        await watched.Page.Mouse.MoveAsync(x + (box.Width / 4), y + (box.Height / 4), new() { Steps = 4 });
        await watched.Page.Mouse.UpAsync();
        await watched.Page.Keyboard.UpAsync("Shift");
        var moved = await Axes();
        Assert.NotEqual(near.X, moved.X);
        Assert.NotEqual(near.Y, moved.Y);
        await figure.Locator(".tools button.reset").ClickAsync();
        Assert.Equal(all, await Axes());
        Assert.Equal("", await figure.GetAttributeAsync("class"));
        Assert.Empty(watched.Errors);
    }

    [BrowserTheory]
    [InlineData("host")]
    [InlineData("simulated")]
    public async Task Pointing_at_a_slice_lights_it_in_every_figure_and_table_and_nothing_else(string name)
    {
        await using var watched = await browser.Open(name);
        var mark = watched.Page.Locator("figure .wide .block[data-key]").First;
        var slice = await mark.GetAttributeAsync("data-key");
        await mark.HoverAsync(new() { Force = true });
        var lit = await watched.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('.lit[data-key]')].map(e => e.dataset.key)");
        Assert.True(lit.Length > 3);
        Assert.All(lit, key => Assert.Equal(slice, key));
        Assert.True(await watched.Page.EvaluateAsync<int>("() => new Set([...document.querySelectorAll('.lit[data-key]')].map(e => e.closest('figure')).filter(f => f)).size") > 1);
        Assert.True(await watched.Page.Locator("tr.lit").CountAsync() > 0);
        await watched.Page.Locator("h1").HoverAsync();
        Assert.Equal(0, await watched.Page.Locator(".lit[data-key]").CountAsync());
    }

    [BrowserFact]
    public async Task Keys_scale_move_hide_a_series_and_go_back()
    {
        await using var watched = await browser.Open("simulated");
        var figure = await Zoomable(watched.Page);
        var svg = figure.Locator(".wide svg");
        await svg.FocusAsync();
        async Task<string> Axis() => await svg.EvaluateAsync<string>(Ticks.Replace("AXIS", "x", StringComparison.Ordinal));
        var all = await Axis();
        for (var i = 0; i < 4; i++) await watched.Page.Keyboard.PressAsync("+");
        var near = await Axis();
        Assert.NotEqual(all, near);
        await watched.Page.Keyboard.PressAsync("Shift+ArrowRight");
        Assert.NotEqual(near, await Axis());
        await watched.Page.Keyboard.PressAsync("Escape");
        Assert.Equal(all, await Axis());
        // The first name of its legend, by its number; what happens is said.
        var name = await svg.Locator(".key").First.GetAttributeAsync("data-key");
        await watched.Page.Keyboard.PressAsync("1");
        Assert.Equal($"{name}: hidden", await watched.Page.Locator(".sr").TextContentAsync());
        Assert.True(await svg.EvaluateAsync<bool>("(s, key) => [...s.querySelectorAll('.marks > [data-key]')].filter(g => g.dataset.key === key).every(g => g.style.display === 'none')", name));
        await watched.Page.Keyboard.PressAsync("1");
        Assert.Equal($"{name}: shown", await watched.Page.Locator(".sr").TextContentAsync());
    }

    [BrowserTheory]
    [InlineData("host")]
    [InlineData("simulated")]
    [InlineData("devices")]
    [InlineData("index")]
    public async Task Who_listens_gets_names_values_and_an_order(string name)
    {
        await using var watched = await browser.Open(name);
        Assert.Empty(await watched.Page.EvaluateAsync<string[]>("""
            () => {
              const wrong = [];
              if (document.documentElement.lang !== 'en' || !document.title) wrong.push('no language or title');
              for (const f of document.querySelectorAll('figure')) {
                for (const s of f.querySelectorAll('svg.plot:not(.chip)')) if (s.getAttribute('role') !== 'img' || !s.querySelector(':scope > title')?.textContent) wrong.push(`a drawing of ${f.id} has no name`);
                if (!f.querySelector('details.numbers tbody tr')) wrong.push(`${f.id} has no numbers`);
              }
              for (const e of document.querySelectorAll('button,input,a,summary')) if (!(e.textContent || e.ariaLabel || '').trim()) wrong.push(`${e.outerHTML.slice(0, 80)} has no name`);
              for (const t of document.querySelectorAll('table')) if (!t.closest('.tip') && !t.querySelector('thead th')) wrong.push('a table has no headings');
              for (const s of document.querySelectorAll('.chip')) if (s.getAttribute('aria-hidden') !== 'true') wrong.push('a chip is read aloud');
              let last = 1;
              for (const h of document.querySelectorAll('h1,h2,h3')) { const level = +h.tagName[1]; if (level > last + 1) wrong.push(`${h.textContent} jumps from level ${last} to ${level}`); last = level; }
              if (!document.querySelector('nav[aria-label] a') || [...document.querySelectorAll('nav a')].some(a => !document.querySelector(CSS.escape ? `#${CSS.escape(a.hash.slice(1))}` : a.hash))) wrong.push('the contents lead nowhere');
              return wrong;
            }
            """));
    }

    [BrowserFact]
    public async Task A_table_is_sorted_from_the_keyboard_and_says_how()
    {
        await using var watched = await browser.Open("simulated");
        var head = watched.Page.Locator("#figures thead th").First;
        await head.Locator("button").FocusAsync();
        await watched.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("ascending", await head.GetAttributeAsync("aria-sort"));
        await watched.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("descending", await head.GetAttributeAsync("aria-sort"));
        Assert.Equal(1, await watched.Page.Locator("#figures th[aria-sort]").CountAsync());
    }

    [BrowserTheory]
    [InlineData("simulated", true)]
    [InlineData("devices", true)]
    [InlineData("host", false)]
    public async Task What_is_copied_or_printed_of_predictions_says_so(string name, bool simulated)
    {
        const string mark = "SIMULATED";
        await using var watched = await browser.Open(name);
        var copied = await watched.Page.EvaluateAsync<string[]>("""
            () => {
              const table = document.querySelector('main > section table'), data = new DataTransfer();
              table.closest('details')?.setAttribute('open', '');
              getSelection().selectAllChildren(table);
              document.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
              return [data.getData('text/plain'), data.getData('text/html')];
            }
            """);
        Assert.Equal(simulated, copied[0].StartsWith(mark, StringComparison.Ordinal));
        Assert.Equal(simulated, copied[1].Contains(mark, StringComparison.Ordinal) && copied[1].Contains("<td", StringComparison.Ordinal));
        await watched.Page.EmulateMediaAsync(new() { Media = Media.Print });
        // Every drawing and every table by itself, so that a page cut out of the print has the mark too.
        Assert.Equal(simulated, await watched.Page.EvaluateAsync<bool>("() => [...document.querySelectorAll('figure .wide svg')].every(s => s.getClientRects().length && [...s.querySelectorAll('.stamp text')].some(t => t.textContent === 'SIMULATED'))"));
        Assert.Equal(simulated, await watched.Page.EvaluateAsync<bool>("() => [...document.querySelectorAll('main table')].every(t => getComputedStyle(t).backgroundImage.includes('SIMULATED'))"));
        Assert.Equal(simulated ? 1 : 0, await watched.Page.Locator(".banner:visible").CountAsync());
    }

    /// <summary>Where a page leads, it arrives: what lies between is laid out on the way.</summary>
    [BrowserTheory]
    [InlineData("simulated", 1280)]
    [InlineData("simulated", 390)]
    [InlineData("measured", 1280)]
    public async Task A_link_of_the_contents_arrives_at_its_heading(string name, int width)
    {
        await using var watched = await browser.Open(name, width);
        foreach (var link in await watched.Page.Locator("nav a").AllAsync())
        {
            var id = (await link.GetAttributeAsync("href"))![1..];
            await watched.Page.EvaluateAsync("id => { location.hash = id; }", id);
            await Settled(watched.Page);
            var top = await watched.Page.EvaluateAsync<double>("id => document.getElementById(id).getBoundingClientRect().top", id);
            var end = await watched.Page.EvaluateAsync<bool>("() => scrollY + innerHeight >= document.documentElement.scrollHeight - 2");
            Assert.True(end || (top > -5 && top < 250), string.Create(CultureInfo.InvariantCulture, $"{id} lies at {top}"));
        }
    }

    static async Task Settled(IPage page) => await page.EvaluateAsync("() => new Promise(done => { let frames = 8; const next = () => --frames ? requestAnimationFrame(next) : done(); next(); })");

    /// <summary>A figure with one panel of lines whose series have names, in sight.</summary>
    static async Task<ILocator> Zoomable(IPage page)
    {
        var id = await page.EvaluateAsync<string>("() => [...document.querySelectorAll('figure:has(.wide .marks .line):has(.wide .key)')].find(f => f.querySelectorAll('.wide .panel').length === 1).id");
        var figure = page.Locator($"#{id}");
        await figure.ScrollIntoViewIfNeededAsync();
        await Settled(page);
        await figure.ScrollIntoViewIfNeededAsync();
        return figure;
    }
}
