using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GpuLab.Reports.Html;
using GpuLab.Reports.Plots;
using GpuLab.Statistics;
using Xunit.Abstractions;

namespace GpuLab.Tests.Reports;

public sealed partial class RunReportTests(ITestOutputHelper output)
{
    static readonly string Page = RunReport.Render(SampleAnalysis.Host()), Simulated = RunReport.Render(SampleAnalysis.Gpu());

    public static TheoryData<string> HostileTexts =>
    [
        "<script>alert(1)</script>", "</style></script><img src=x onerror=alert(1)>", "\"quoted\" 'and' `so` & so on", "]]>--><!--", "\u202Egnp.exe \u2066x", "\0\u0001\u001F\uD800 lone", "مرحبا بالعالم", "😀👩‍👩‍👧‍👦", new('W', 300), "${7*7} {{x}} %n #{y}", "",
    ];

    [Fact]
    public void A_report_of_a_small_run_stays_small()
    {
        var watch = Stopwatch.StartNew();
        RunReport.Render(SampleAnalysis.Host());
        output.WriteLine($"host {Page.Length} characters, gpu {Simulated.Length}, a warm render takes {watch.ElapsedMilliseconds} ms");
        if (Environment.GetEnvironmentVariable("GPULAB_REPORT_FOLDER") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, "host.html"), Page);
            File.WriteAllText(Path.Combine(folder, "gpu.html"), Simulated);
            File.WriteAllText(Path.Combine(folder, "hostile.html"), RunReport.Render(SampleAnalysis.Hostile("<script>alert('x')</script> \"q\" & \u202Eمرحبا 😀 " + new string('W', 300))));
        }
        if (Environment.GetEnvironmentVariable("GPULAB_REPORT_FOLDER") is { Length: > 0 } figures)
        {
            foreach (var (i, drawing) in Zoo.All(simulated: false).Index()) File.WriteAllText(Path.Combine(figures, FormattableString.Invariant($"zoo{i}.svg")), SvgFile.Of(drawing.Inner, 740, Theme.Light));
        }
        Assert.InRange(Page.Length, 20_000, 600_000);
    }

    /// <summary>What a reader reads first, to be looked at whenever it changes: sentences, headings, captions, findings.</summary>
    [Theory]
    [InlineData("host")]
    [InlineData("gpu")]
    public void The_words_of_a_report_are_as_approved(string name)
    {
        var told = new HashSet<string> { "h1", "h2", "h3", "thead", "summary" };
        var document = Parse(name == "host" ? Page : Simulated);
        var words = document.Descendants().Where(e => told.Contains(e.Name.LocalName) || (e.Name.LocalName == "p" && (string?)e.Attribute("class") is "verdict" or "banner" or "sub" or "more" or "remedy") || e.Name.LocalName is "figcaption" or "dt" or "li")
            .Where(e => e.Ancestors("nav").Any() is false && e.Ancestors("details").Any(d => (string?)d.Attribute("class") == "numbers") is false)
            .Select(e => $"{e.Name.LocalName}: {string.Join(' ', e.DescendantNodes().OfType<XText>().SelectMany(t => t.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))}");
        var text = string.Join('\n', words) + "\n";
        if (Environment.GetEnvironmentVariable("GPULAB_REPORT_FOLDER") is { Length: > 0 } folder) File.WriteAllText(Path.Combine(folder, $"{name}.approved.txt"), text);
        Assert.Equal(File.ReadAllText(Path.Combine(EndToEnd.Sources.Root, "tests", "GpuLab.Tests", "Reports", $"{name}.approved.txt")).ReplaceLineEndings("\n"), text);
    }

    [Fact]
    public void The_same_analysis_gives_the_same_page() => Assert.Equal(Page, RunReport.Render(SampleAnalysis.Host()));

    [Fact]
    public void The_page_needs_nothing_from_outside()
    {
        foreach (var page in new[] { Page, Simulated })
        {
            var links = page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            Assert.DoesNotMatch(@"https?://|@import|<link|<img|src=|url\((?!#|""data:)", links);
        }
    }

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Hostile_text_in_every_field_stays_text(string text)
    {
        var page = RunReport.Render(SampleAnalysis.Hostile(text));
        var document = Parse(page);
        Assert.Equal(2, document.Descendants("script").Count());
        Assert.Single(document.Descendants("style"));
        Assert.DoesNotContain(document.Descendants(), e => e.Name.LocalName is "img" or "iframe" or "object");
        Assert.DoesNotContain(document.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotMatch("[\u202A-\u202E\u2066-\u2069\0-\u0008]", page);
        var visible = text.Replace("\u202E", "\uFFFD", StringComparison.Ordinal).Replace("\u2066", "\uFFFD", StringComparison.Ordinal).Replace('\0', '\uFFFD').Replace('\u0001', '\uFFFD').Replace('\u001F', '\uFFFD').Replace('\uD800', '\uFFFD');
        Assert.Equal(visible, document.Descendants("h1").Single().Value);
    }

    [Fact]
    public void Every_figure_has_both_widths_a_caption_and_its_numbers()
    {
        foreach (var page in new[] { Page, Simulated })
        {
            var figures = Parse(page).Descendants("figure").ToList();
            Assert.True(figures.Count >= 8);
            Assert.All(figures, f =>
            {
                Assert.Equal(["wide", "narrow"], f.Elements("div").Select(d => (string)d.Attribute("class")!));
                Assert.NotEmpty(f.Element("figcaption")!.Element("b")!.Value);
                Assert.NotEmpty(f.Element("details")!.Descendants("tbody").Single().Elements("tr"));
            });
        }
    }

    [Fact]
    public void Ids_are_unique_and_every_reference_leads_somewhere()
    {
        foreach (var page in new[] { Page, Simulated })
        {
            var document = Parse(page);
            var ids = document.Descendants().Attributes("id").Select(a => a.Value).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
            var references = Reference().Matches(page).Select(m => m.Groups[1].Value).Concat(document.Descendants("a").Select(a => (string)a.Attribute("href")!).Where(h => !h.StartsWith("data:", StringComparison.Ordinal)).Select(h => h[1..])).ToHashSet();
            Assert.Subset(ids.ToHashSet(), references);
        }
    }

    [Fact]
    public void A_simulated_run_says_so_in_the_header_and_inside_every_drawing()
    {
        var document = Parse(Simulated);
        Assert.Contains(document.Descendants("p"), p => (string?)p.Attribute("class") == "banner" && p.Value.Contains("SIMULATED", StringComparison.Ordinal));
        Assert.StartsWith("SIMULATED", document.Descendants("title").First().Value, StringComparison.Ordinal);
        Assert.All(Drawings(document), svg => Assert.Contains(svg.Descendants(), e => e.Name.LocalName == "text" && e.Value == "SIMULATED"));
        Assert.DoesNotContain("SIMULATED", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_of_any_drawing_covers_another()
    {
        foreach (var svg in Drawings(Parse(Page)).Concat(Drawings(Parse(Simulated)))) SvgText.AssertNoTextCoversAnother(svg.ToString(SaveOptions.DisableFormatting));
    }

    [Fact]
    public void Sections_appear_only_when_their_data_is_there()
    {
        Assert.Equal(["layouts", "slices", "shares", "together", "curves", "roofline", "timeline", "telemetry", "reconfiguration", "findings", "figures", "data", "skipped", "provenance", "reproduce"], Sections(Page));
        Assert.Equal(["layouts", "slices", "shares", "together", "curves", "link", "roofline", "timeline", "telemetry", "findings", "figures", "data", "skipped", "provenance", "reproduce"], Sections(Simulated));
        Assert.Equal(["reproduce"], Sections(RunReport.Render(SampleAnalysis.Empty())));
        var host = SampleAnalysis.Host();
        Assert.DoesNotContain("timeline", Sections(RunReport.Render(host with { Run = host.Run with { Events = [] } })));
        Assert.DoesNotContain("timeline", Sections(RunReport.Render(host with { Run = host.Run with { Samples = [] } })));
    }

    [Fact]
    public void The_verdict_names_the_worst_coupling_and_counts_the_doubts()
    {
        var verdict = Parse(Page).Descendants("p").Where(p => (string?)p.Attribute("class") == "verdict").Select(p => p.Value).ToList();
        Assert.Equal(3, verdict.Count);
        Assert.Contains("measured on AMD EPYC 9554", verdict[0], StringComparison.Ordinal);
        Assert.Matches("disturb each other most in mem\\..* of 2x1c, which keeps 6\\d\\.\\d", verdict[1]);
        Assert.StartsWith("1 finding makes figures invalid", verdict[2], StringComparison.Ordinal);
        var clean = SampleAnalysis.Host() with { Findings = [] };
        clean = clean with { Figures = [.. clean.Figures.Select(f => f with { Flags = [] })] };
        Assert.Contains("No check raised a doubt", RunReport.Render(clean), StringComparison.Ordinal);
    }

    [Fact]
    public void Findings_stand_worst_first_each_with_its_remedy()
    {
        var items = Parse(Page).Descendants("ul").Single(u => (string?)u.Attribute("class") == "findings").Elements("li").ToList();
        Assert.Equal(["invalid", "suspect", "remark"], items.Select(i => (string)i.Attribute("class")!));
        Assert.All(items, i => Assert.Contains("What to do:", i.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_kept_is_the_share_of_solo_performance_for_rates_and_for_times()
    {
        var host = SampleAnalysis.Host();
        var solo = host.Figures.First(f => f.Phase == GpuLab.Results.Phase.SoloBefore);
        Figure At(GpuLab.Model.Metric metric, GpuLab.Results.Phase phase, double v) => solo with { Metric = metric, Phase = phase, Median = v, Interval = new(v * 0.99, v * 1.01, "test") };
        var time = solo.Metric with { Unit = "s", Better = GpuLab.Model.Better.Lower };
        Assert.Equal(0.8, Assert.Single(Pair.Of([At(solo.Metric, GpuLab.Results.Phase.SoloBefore, 10), At(solo.Metric, GpuLab.Results.Phase.Together, 8)])).Kept, 12);
        var slower = Assert.Single(Pair.Of([At(time, GpuLab.Results.Phase.SoloBefore, 8), At(time, GpuLab.Results.Phase.Together, 10)]));
        Assert.Equal(0.8, slower.Kept, 12);
        Assert.InRange(slower.Kept, slower.Interval.Low, slower.Interval.High);
    }

    static List<XElement> Drawings(XElement document) => [.. document.Descendants().Where(e => e.Name.LocalName == "svg" && ((string)e.Attribute("class")!).Split(' ') is ["plot"])];

    static IEnumerable<string> Sections(string page) => Parse(page).Descendants("main").Single().Elements("section").Select(s => (string)s.Attribute("id")!);

    /// <summary>The page as XML: what is left once the few void elements are closed and style and script are set aside.</summary>
    static XElement Parse(string page)
    {
        var xml = page.Replace("<!doctype html>", "", StringComparison.OrdinalIgnoreCase);
        xml = Verbatim().Replace(xml, "<$1><![CDATA[]]></$1>");
        return XElement.Parse(Void().Replace(xml, "<$1 $2/>").Trim());
    }

    [GeneratedRegex(@"url\(#([^)]*)\)")]
    private static partial Regex Reference();

    [GeneratedRegex("<(style|script)>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex Verbatim();

    [GeneratedRegex("<(meta)([^>]*)>")]
    private static partial Regex Void();
}
