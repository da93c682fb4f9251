using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using GpuLab.Reports.Html;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Reports;

/// <summary>Sections that compute what they show: against what can be said beforehand.</summary>
public sealed class SectionTests
{
    static readonly Analysis gpu = SampleAnalysis.Gpu();

    static XElement Body(Section? section) => XElement.Parse($"<div>{section!.Body}</div>");

    static List<string[]> Rows(XElement body, string heading) => [.. body.Elements("div").Concat(body.Descendants("div")).First(d => ((string?)d.Attribute("class"))?.StartsWith("scroll", StringComparison.Ordinal) == true && d.Descendants("th").Any(h => h.Value == heading))
        .Descendants("tbody").Single().Elements("tr").Select(r => r.Elements("td").Select(c => (string?)c.Attribute("data-v") ?? c.Value).ToArray())];

    static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void A_slice_is_held_against_its_nominal_share_of_the_whole()
    {
        var rows = Rows(Body(SharesSection.Of(new(gpu))), "nominal");
        var read = rows.Single(r => r[0].StartsWith("mem.read", StringComparison.Ordinal) && r[1] == "1g.18gb");
        Assert.Equal("7", read[2]);
        Assert.Equal(1 / 8.0, Number(read[7]));
        Assert.Equal(Number(read[4]) / Number(read[3]), Number(read[5]), 2);
        Assert.Equal(Number(read[5]) * 8, Number(read[8]), 9);
        // Of an H200's 132 multiprocessors a 3g slice has 60.
        Assert.Equal(60 / 132.0, Number(rows.Single(r => r[0] == "compute.fp64" && r[1] == "3g.71gb")[7]), 9);
        Assert.Equal(1, Number(rows.Single(r => r[0].StartsWith("link.h2d", StringComparison.Ordinal) && r[1] == "2g.35gb")[7]));
    }

    [Fact]
    public void Of_a_curve_only_its_end_is_a_share()
    {
        var rows = Rows(Body(SharesSection.Of(new(gpu))), "nominal").Select(r => r[0]).ToList();
        Assert.Equal(["lat.chase bytes=512MiB"], rows.Where(r => r.StartsWith("lat.chase", StringComparison.Ordinal)).Distinct());
        // One size throughout the run says nothing in a row.
        Assert.Contains("mem.read", rows);
    }

    [Fact]
    public void A_run_without_the_whole_device_has_no_shares() => Assert.Null(SharesSection.Of(new(gpu with { Figures = [.. gpu.Figures.Where(f => f.Layout != "whole")] })));

    [Fact]
    public void The_corner_of_a_roofline_is_the_quotient_of_its_measured_ceilings()
    {
        var model = new ReportModel(gpu);
        var rows = Rows(Body(RooflineSection.Of(model)), "profile");
        Assert.Equal(["whole", "1g.18gb", "3g.71gb", "2g.35gb"], rows.Select(r => r[0]));
        Assert.All(rows, r => Assert.Equal(Number(r[3]) / Number(r[2]), Number(r[4]), 9));
        var plot = Assert.IsType<Plot>(Assert.Single(model.Drawings));
        Assert.All(plot.Marks.Cast<Line>(), l => Assert.True(l.Points[0].Y < l.Points[1].Y && l.Points[1].Y == l.Points[2].Y));
    }

    [Fact]
    public void The_link_is_explained_by_the_latency_and_the_rate_that_made_it()
    {
        var rows = Rows(Body(LinkSection.Of(new(gpu))), "latency a");
        Assert.Equal(10, rows.Count);
        Assert.All(rows, r => Assert.Equal(1, Number(r[2]) / 4e-6, 0.03));
        Assert.All(rows, r => Assert.Equal(1, Number(r[3]) / 55e9, 0.02));
    }

    [Fact]
    public void Telemetry_is_drawn_where_it_changes_and_told_where_it_does_not()
    {
        var model = new ReportModel(gpu);
        var text = Body(TelemetrySection.Of(model)).Value;
        Assert.Equal(["What was measured when", "Clock", "Power", "Temperature", "What held the clock back"], model.Drawings.Select(d => d.Title));
        Assert.Contains("The same throughout: memory clock 3.200 GHz.", text, StringComparison.Ordinal);
        Assert.Equal(["power cap", "heat (software)"], ((Band)model.Drawings[^1].Y).Names);
        Assert.Null(TelemetrySection.Of(new(gpu with { Run = gpu.Run with { Telemetry = [] } })));
    }

    [Fact]
    public void What_the_device_did_while_slices_worked_is_drawn_on_their_clock()
    {
        var host = SampleAnalysis.Host();
        var window = host.Run.Events.OfType<TrialWindow>().First();
        IEnumerable<TelemetryRow> Readings(int count) => Enumerable.Range(0, count).Select(i => new TelemetryRow(window.Trial, window.StartNs + (i * 100_000_000L), "device", "power_w", 300 + i));
        List<string> Titles(Analysis of, int count)
        {
            var model = new ReportModel(of with { Run = of.Run with { Telemetry = [.. Readings(count)] } });
            Body(TimelineSection.Of(model));
            return [.. model.Drawings.Select(d => d.Title)];
        }
        Assert.Contains($"Trial {window.Trial}: power", Titles(host, 5));
        Assert.DoesNotContain($"Trial {window.Trial}: power", Titles(host, 2));
        Assert.DoesNotContain(Titles(host with { Run = host.Run with { Info = host.Run.Info with { Simulated = true } } }, 5), t => t.EndsWith("power", StringComparison.Ordinal));
    }

    [Fact]
    public void Samples_and_figures_travel_inside_the_page()
    {
        var links = Body(DataSection.Of(new(gpu))).Descendants("a").ToDictionary(a => (string)a.Attribute("download")!, a => Convert.FromBase64String(((string)a.Attribute("href")!).Split("base64,")[1]));
        static string[] Lines(byte[] gzip) => new StreamReader(new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress)).ReadToEnd().TrimEnd().Split('\n');
        Assert.Equal(gpu.Figures.Count + 1, Lines(links["figures.csv.gz"]).Length);
        var few = Body(DataSection.Of(new(gpu with { Figures = [.. gpu.Figures.Take(3)] }))).Descendants("a").Single(a => (string)a.Attribute("download")! == "figures.csv");
        Assert.Equal(4, Encoding.UTF8.GetString(Convert.FromBase64String(((string)few.Attribute("href")!).Split("base64,")[1])).TrimEnd().Split('\n').Length);
        var samples = Lines(links["samples.csv.gz"]);
        Assert.Equal(gpu.Run.Samples.Count + 1, samples.Length);
        Assert.EndsWith(gpu.Run.Samples[0].Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) + ",", samples[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_that_travel_are_read_back_as_they_were_stored()
    {
        var folder = Directory.CreateTempSubdirectory("gpulab-samples-").FullName;
        try
        {
            using (var run = RunFolder.Create(Path.Combine(folder, "run"), gpu.Run.Info, gpu.Run.Plan))
            {
                run.Append([.. gpu.Run.Samples.Where(s => s.Trial == "c3r0").Select(s => s with { Slice = s.Slice + ",\"quoted\"" })]);
                run.FinishTrial(new(0, "c3r0", "ok", "", [], 1, 1));
            }
            using var gzip = new StreamReader(new GZipStream(new MemoryStream(GpuLab.Reports.Export.SampleFile.Compressed(RunFolderReader.Read(Path.Combine(folder, "run")).Samples)), CompressionMode.Decompress));
            Assert.Equal(File.ReadAllText(Path.Combine(folder, "run", RunFiles.Samples)), gzip.ReadToEnd());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Changes_of_layout_are_listed_with_their_times()
    {
        var host = SampleAnalysis.Host();
        Assert.Contains("2 changes took 2.000 s in all", Body(ReconfigurationSection.Of(new(host))).Value, StringComparison.Ordinal);
        Assert.Null(ReconfigurationSection.Of(new(host with { Run = host.Run with { Events = [] } })));
        Assert.Null(ReconfigurationSection.Of(new(gpu)));
    }
}
