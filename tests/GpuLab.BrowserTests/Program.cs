using System.Globalization;
using Microsoft.Playwright;

namespace GpuLab.BrowserTests;

/// <summary>The test assembly as a program: <c>open PAGE [TIMES]</c> tells how long a file takes to open, the browser's own start left out.</summary>
static class Program
{
    /// <summary>Milliseconds since navigation began: first text or drawing on the screen, and everything there.</summary>
    const string Times = """
        () => { const n = performance.getEntriesByType('navigation')[0], p = performance.getEntriesByName('first-contentful-paint')[0]; return [p ? p.startTime : NaN, n.loadEventEnd]; }
        """;

    static async Task<int> Main(string[] args)
    {
        if (args is not ["open", var page, ..] || !File.Exists(page) || (args.Length > 2 && !int.TryParse(args[2], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            await Console.Error.WriteLineAsync("usage: open PAGE [TIMES]      how long a page takes to open in Chromium, by its own clock; default 5 times");
            return 2;
        }
        if (Browser.Missing is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 1;
        }
        var times = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 5;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browser.Program });
        var opened = new List<double[]>();
        // The first is left out: it starts the browser's renderer and draws its fonts.
        for (var i = 0; i <= times; i++)
        {
            await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
            var tab = await context.NewPageAsync();
            await tab.GotoAsync(new Uri(Path.GetFullPath(page)).AbsoluteUri);
            await tab.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
            if (i > 0) opened.Add(await tab.EvaluateAsync<double[]>(Times));
        }
        Tell("first paint", [.. opened.Select(o => o[0])]);
        Tell("loaded", [.. opened.Select(o => o[1])]);
        return 0;
    }

    static void Tell(string what, double[] milliseconds) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-52} {milliseconds.Order().ElementAt(milliseconds.Length / 2),6:0} ms   ({string.Join(' ', milliseconds.Select(m => m.ToString("0", CultureInfo.InvariantCulture)))})"));
}
