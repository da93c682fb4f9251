using Microsoft.Playwright;

namespace GpuLab.BrowserTests;

/// <summary>One browser for all tests, and the pages that they open.</summary>
public sealed class Browser : IAsyncLifetime
{
    internal static readonly string? Program = new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser" }.FirstOrDefault(File.Exists);

    IPlaywright? playwright;
    IBrowser? browser;

    /// <summary>Why tests are left out; null where they run. CI runs them in any case, and fails where there is no browser.</summary>
    internal static string? Missing => Program is null && Environment.GetEnvironmentVariable("CI") != "true" ? "No browser: install chromium, or name one in CHROMIUM." : null;

    public Pages Pages { get; } = new();

    public async Task InitializeAsync()
    {
        if (Missing is not null) return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program ?? throw new InvalidOperationException("CI is set and there is no browser: install chromium, or name one in CHROMIUM.") });
        await Pages.Make();
    }

    public async Task DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        Pages.Dispose();
    }

    /// <summary>Opens a page of <see cref="Pages"/> and watches what it does.</summary>
    internal async Task<Watched> Open(string name, int width = 1280, bool script = true, bool dark = false)
    {
        var context = await browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 }, JavaScriptEnabled = script, AcceptDownloads = true, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        var watched = new Watched(context, await context.NewPageAsync());
        await watched.Page.GotoAsync(Pages.Address(name));
        return watched;
    }
}

/// <summary>A page with everything it complained about or asked for.</summary>
sealed class Watched : IAsyncDisposable
{
    readonly IBrowserContext context;

    public Watched(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.PageError += (_, error) => Errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Errors.Add(message.Text);
        };
        page.Dialog += (_, dialog) =>
        {
            Errors.Add($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        page.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Page { get; }

    public List<string> Errors { get; } = [];

    public List<string> Requests { get; } = [];

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}

[CollectionDefinition("browser")]
public sealed class BrowserCollection : ICollectionFixture<Browser>;
