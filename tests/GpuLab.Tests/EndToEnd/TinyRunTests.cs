using System.Text.Json;
using System.Text.RegularExpressions;
using GpuLab.Results;

namespace GpuLab.Tests.EndToEnd;

[Collection(Outside.Name)]
public sealed partial class TinyRunTests : IDisposable
{
    readonly Workplace place = new();

    [Fact]
    public async Task A_sweep_becomes_a_table_a_folder_and_one_page_that_needs_nothing_else()
    {
        var folder = place.At("run");
        var ended = await Gpulab.Run("run", place.Sweep(), "--out", folder);

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Matches(@"launch\.sync +whole +alone +[0-9.]+ [nµm]?s", ended.Out);
        Assert.Contains(folder, ended.Out, StringComparison.Ordinal);
        var page = Path.Combine(folder, "report.html");
        Assert.Contains(page, ended.Out, StringComparison.Ordinal);
        Assert.Contains("2/2 trials", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", ended.Out + ended.Error, StringComparison.Ordinal);
        Assert.Equal(0, RunFolderReader.ReadInfo(folder).Exit);

        var html = await File.ReadAllTextAsync(page);
        Assert.StartsWith("<!doctype html>", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, html.Split("</html>").Length - 1);
        Assert.DoesNotMatch(Fetched(), html);
    }

    [Fact]
    public async Task Json_is_valid_and_alone_on_standard_output()
    {
        var folder = place.At("run");
        var ended = await Gpulab.Run("run", place.Sweep(), "--out", folder, "--json");

        Assert.True(ended.Code == 0, ended.ToString());
        using var json = JsonDocument.Parse(ended.Out);
        Assert.Equal(folder, json.RootElement.GetProperty("run").GetString());
        var figure = Assert.Single(json.RootElement.GetProperty("figures").EnumerateArray());
        Assert.Equal("launch.sync/latency", figure.GetProperty("metric").GetString());
        Assert.InRange(figure.GetProperty("median").GetDouble(), 1e-9, 1);
    }

    [Fact]
    public async Task A_dry_run_shows_the_plan_and_touches_nothing()
    {
        var sweep = place.Sweep(repeats: 7);
        var ended = await Gpulab.Execute([.. Gpulab.Built, "run", sweep, "--dry-run"], place.Folder);
        var json = await Gpulab.Execute([.. Gpulab.Built, "run", sweep, "--dry-run", "--json"], place.Folder);

        Assert.True(ended.Code == 0 && json.Code == 0, $"{ended}{json}");
        Assert.Contains("7 trials", ended.Out, StringComparison.Ordinal);
        using var plan = JsonDocument.Parse(json.Out);
        Assert.Equal(7, plan.RootElement.GetProperty("trials").GetInt32());
        Assert.Equal([sweep], Directory.GetFileSystemEntries(place.Folder));
    }

    [Fact]
    public async Task A_finished_run_resumed_measures_nothing_again()
    {
        var folder = place.At("run");
        Assert.Equal(0, (await Gpulab.Run("run", place.Sweep(), "--out", folder)).Code);
        var samples = await File.ReadAllBytesAsync(Path.Combine(folder, RunFiles.Samples));

        var ended = await Gpulab.Run("run", "--resume", folder);
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Equal(samples, await File.ReadAllBytesAsync(Path.Combine(folder, RunFiles.Samples)));
    }

    [Fact]
    public async Task A_report_is_rebuilt_from_the_folder()
    {
        var folder = place.At("run");
        Assert.Equal(0, (await Gpulab.Run("run", place.Sweep(), "--out", folder)).Code);
        var page = Path.Combine(folder, "report.html");
        var first = await File.ReadAllTextAsync(page);
        File.Delete(page);

        var ended = await Gpulab.Run("report", folder);
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Equal(page, ended.Out.Trim());
        Assert.Equal(first, await File.ReadAllTextAsync(page));
    }

    public void Dispose() => place.Dispose();

    /// <summary>Anything a browser would load from elsewhere. Names of XML vocabularies are not loaded.</summary>
    [GeneratedRegex("""(?:src|href)\s*=\s*["']?(?:https?:|//|[^"'#>]+\.(?:js|css|svg|png))|@import|\burl\(\s*["']?(?!data:|#)""", RegexOptions.IgnoreCase)]
    private static partial Regex Fetched();
}
