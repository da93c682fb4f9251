using System.Xml.Linq;
using GpuLab.Reports.Html;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Reports;

public sealed class TraceSectionTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("gpulab-trace-").FullName;

    public TraceSectionTests() => Directory.CreateDirectory(Path.Combine(folder, RunFiles.Blobs));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Two blocks on each SM, the second after the first; SM 2 takes twice as long.</summary>
    static BlockTime[] Blocks(params int[] sms) => [.. Enumerable.Range(0, 2).SelectMany(wave => sms.Select(sm => (sm, Long: sm == 2 ? 2000 : 1000)).Select(s => new BlockTime(s.sm, wave * s.Long, (wave + 1) * s.Long)))];

    static XElement? Body(Analysis analysis) => TraceSection.Of(new(analysis)) is { } section ? XElement.Parse($"<div>{section.Body}</div>") : null;

    /// <summary>The sample GPU's run with traces of a solo cell of each layout.</summary>
    Analysis Traced(params (string Slice, string Path)[] traces)
    {
        var gpu = SampleAnalysis.Gpu();
        List<RunEvent> events = [.. gpu.Run.Events];
        List<CellDocument> cells = [.. gpu.Run.Plan.Cells];
        foreach (var (i, (slice, path)) in traces.Index())
        {
            cells.Add(new(900 + i, gpu.Run.Plan.Layouts.First(l => l.Slices.Any(s => s.Name == slice)).Layout, "solo", slice, "trace.blocks", new Dictionary<string, ParameterDocument>(), 1));
            var trial = FormattableString.Invariant($"c{900 + i}r1");
            events.AddRange([new TrialBlob(1, trial, slice, path), new TrialDone(2, trial, "ok", "", [], 0, 0, 1, 1)]);
        }
        return gpu with { Run = gpu.Run with { Folder = folder, Events = events, Plan = gpu.Run.Plan with { Cells = cells } } };
    }

    [Fact]
    public void A_run_without_traces_has_no_such_section() => Assert.Null(Body(SampleAnalysis.Gpu()));

    [Fact]
    public void The_map_has_the_ranges_of_SMs_and_the_waves_every_block()
    {
        BlockTrace.Write(Path.Combine(folder, "blobs", "a-blocks.csv"), Blocks(0, 1, 2, 5));
        BlockTrace.Write(Path.Combine(folder, "blobs", "b-blocks.csv"), Blocks(0, 1));
        var body = Body(Traced(("whole", "blobs/a-blocks.csv"), ("1g.18gb@0", "blobs/b-blocks.csv")))!;
        var figures = body.Elements("figure").ToList();
        Assert.Equal(3, figures.Count);
        var titles = figures[0].Descendants().Where(e => e.Name.LocalName == "title").Select(e => e.Value).ToList();
        Assert.Contains("whole: SM 0 to 2", titles);
        Assert.Contains("whole: SM 5", titles);
        Assert.Contains("1g.18gb@0: SM 0 to 1", titles);
        var waves = figures[1].Descendants().First(e => e.Name.LocalName == "svg");
        Assert.Contains("SM 2, 2 stretches: busy 4.000 µs", waves.Descendants().Where(e => e.Name.LocalName == "title").Select(e => e.Value));
        Assert.Equal(8, waves.Descendants().Where(e => (string?)e.Attribute("class") is "wave" or "wave pale").Sum(e => ((string)e.Attribute("d")!).Count(c => c == 'M')));
        Assert.Contains("whole 4 SMs, 1g.18gb 2 SMs", figures[0].Element("figcaption")!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blobs/none-blocks.csv")]
    [InlineData("../../../../etc/hostname/blocks.csv")]
    public void A_missing_trace_is_said_and_nothing_outside_the_folder_is_read(string path)
    {
        var body = Body(Traced(("whole", path)))!;
        Assert.Empty(body.Descendants("figure"));
        Assert.Contains(Path.Combine(folder, "blobs"), body.Value, StringComparison.Ordinal);
    }
}
