using GpuLab.Results;

namespace GpuLab.Tests.EndToEnd;

/// <summary>scripts/publish in a copy of the sources: the archive is what is carried to a machine that has nothing.</summary>
[Collection(Outside.Name)]
public sealed class ArchiveTests : IDisposable
{
    const long Largest = 40L << 20;
    /// <summary>Build servers that outlive the build would hold its standard output open.</summary>
    static readonly Dictionary<string, string?> Alone = new() { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false" };

    readonly Workplace place = new();

    [Fact]
    public async Task The_archive_is_small_and_measures_without_a_runtime_on_the_machine()
    {
        Sources.Copy(place.At("clone"), "lab", "probes", "reports", "scripts", "Directory.Build.props", "Directory.Packages.props", "global.json", "LICENSE", ".editorconfig");
        var published = await Gpulab.Execute([place.At("clone/scripts/publish"), "--archive-only"], environment: Alone, within: TimeSpan.FromMinutes(15));
        Assert.True(published.Code == 0, published.ToString());
        var archive = Assert.Single(Directory.GetFiles(place.At("clone/artifacts/publish"), "*.tar.xz"));
        Assert.InRange(new FileInfo(archive).Length, 1, Largest);
        Assert.Equal(0, (await Gpulab.Execute(["tar", "-C", place.Folder, "-xf", archive])).Code);
        Assert.True(File.Exists(place.At("gpulab/LICENSE")));

        // Only the program can use what is in its own folder: no SDK, no runtime, no shell's settings.
        var bare = Environment.GetEnvironmentVariables().Keys.Cast<string>().ToDictionary(name => name, string? (_) => null);
        bare["PATH"] = place.At("empty");
        bare["HOME"] = place.At("empty");
        bare["DOTNET_ROOT"] = place.At("empty");
        var folder = place.At("run");
        var ended = await Gpulab.Execute([place.At("gpulab/gpulab"), "run", place.Sweep(), "--out", folder], "/", bare);
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains("launch.sync", ended.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "report.html")));
        Assert.Equal("ReadyToRun", RunFolderReader.ReadInfo(folder).Provenance["tool"]["build"]);

        var dry = await Gpulab.Execute([place.At("gpulab/gpulab"), "run", "gpulab/sweeps/quickstart.yaml", "--dry-run"], place.Folder, bare);
        Assert.True(dry.Code is 0 || Environment.ProcessorCount == 1, dry.ToString());
    }

    public void Dispose() => place.Dispose();
}
