using GpuLab.Probes;
using GpuLab.Results;
using GpuLab.Statistics;
using GpuLab.Tests.Reports;

namespace GpuLab.Tests.Comparison;

/// <summary>What is kept of an analysis is the analysis, and never of other files than those in the folder.</summary>
public sealed class KeptFiguresTests : IDisposable
{
    readonly RunTree tree = new();

    public void Dispose() => tree.Dispose();

    [Theory]
    [InlineData("host")]
    [InlineData("gpu")]
    [InlineData("hostile")]
    public void What_is_read_back_is_what_was_written(string name)
    {
        var analysis = name switch { "host" => SampleAnalysis.Host(), "gpu" => SampleAnalysis.Gpu(), _ => SampleAnalysis.Hostile("<\"\u202E\0😀|") };
        var figures = analysis.Figures.Select((f, i) => f with
        {
            Worst = i % 3 == 0 ? null : (Severity)(i % 3), Beside = i % 2 == 0 ? "" : "mem.copy on others", Proof = i % 2 == 0 ? null : new(0.5, 1e-6, 0.99, double.NaN, 1e9), Spread = i == 0 ? double.NaN : f.Spread,
        }).ToList();
        var run = RunFigures.Of(analysis with { Figures = figures }) with { Facts = new Dictionary<(int, string), IReadOnlyDictionary<string, string>> { [(3, "whole")] = new Dictionary<string, string> { ["pages"] = "2 MiB" } }, Power = new Dictionary<int, double> { [7] = 512.5 } };
        using var writer = new FigureWriter(new byte[FigureWriter.StampLength]);
        writer.Write(run);
        using var reader = new FigureReader(writer.ToArray(), [.. figures.Select(f => f.Probe).Distinct()]);
        Assert.Equal(new byte[FigureWriter.StampLength], reader.Stamp());
        Assert.Equivalent(figures, reader.Figures(), strict: true);
        Assert.Equivalent(run.Facts, reader.Facts(), strict: true);
        Assert.Equal(run.Power, reader.Power());
    }

    /// <summary>What a figure gains is to be kept too, or left out on purpose.</summary>
    [Fact]
    public void Every_property_of_a_figure_is_known_here() => Assert.Equal(
        "Beside, Ceiling, Cell, Flags, ForRatio, Interval, IsJoint, Layout, Median, Metric, Mode, Name, Overlap, Parameters, Phase, Precision, Probe, Profile, Proof, Quantiles, RepeatMedians, RepeatNumbers, Repeats, Role, Samples, Slice, Spread, Summary, Worst",
        string.Join(", ", typeof(Figure).GetProperties().Select(p => p.Name).Order(StringComparer.Ordinal)));

    [Fact]
    public void A_second_reader_needs_no_samples()
    {
        var folder = tree.Add("a");
        var first = RunFigures.Read(folder, Catalogue.Probes);
        // The very same file as far as its length, its end and its age can tell.
        var samples = Path.Combine(folder, RunFiles.Samples);
        var (bytes, written) = (File.ReadAllBytes(samples), File.GetLastWriteTimeUtc(samples));
        bytes.AsSpan(0, bytes.Length - 4096).Fill((byte)'?');
        File.WriteAllBytes(samples, bytes);
        File.SetLastWriteTimeUtc(samples, written);
        Assert.Equivalent(first.Figures.Select(f => f with { Summary = null }), RunFigures.Read(folder, Catalogue.Probes).Figures, strict: true);
    }

    [Theory]
    [InlineData(RunFiles.Samples)]
    [InlineData(RunFiles.Telemetry)]
    [InlineData(RunFiles.Events)]
    [InlineData(RunFiles.Plan)]
    [InlineData(RunFiles.Run)]
    public void A_file_that_changed_since_is_read_again(string name)
    {
        var folder = tree.Add("a");
        RunFigures.Read(folder, Catalogue.Probes);
        Assert.NotNull(KeptFigures.Read(folder, Catalogue.Probes));
        var path = Path.Combine(folder, name);
        var written = File.GetLastWriteTimeUtc(path);
        File.AppendAllText(path, "\n");
        File.SetLastWriteTimeUtc(path, written);
        Assert.Null(KeptFigures.Read(folder, Catalogue.Probes));
    }

    [Fact]
    public void A_file_that_is_younger_or_a_program_with_other_probes_is_not_trusted()
    {
        var folder = tree.Add("a");
        RunFigures.Read(folder, Catalogue.Probes);
        Assert.Null(KeptFigures.Read(folder, [.. Catalogue.Probes.Skip(1)]));
        File.SetLastWriteTimeUtc(Path.Combine(folder, RunFiles.Samples), DateTime.UtcNow.AddMinutes(1));
        Assert.Null(KeptFigures.Read(folder, Catalogue.Probes));
    }

    [Fact]
    public void What_is_torn_is_made_again()
    {
        var folder = tree.Add("a");
        var expected = RunFigures.Read(folder, Catalogue.Probes).Figures[0].Median;
        var path = Path.Combine(folder, RunFiles.Figures);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Null(KeptFigures.Read(folder, Catalogue.Probes));
        }
        Assert.Equal(expected, RunFigures.Read(folder, Catalogue.Probes).Figures[0].Median);
        Assert.Equal(whole, File.ReadAllBytes(path));
    }

    [Fact]
    public void Nothing_is_kept_of_a_run_that_may_go_on()
    {
        var folder = tree.Add("a", ended: false);
        RunFigures.Read(folder, Catalogue.Probes);
        Assert.False(File.Exists(Path.Combine(folder, RunFiles.Figures)));
    }
}
