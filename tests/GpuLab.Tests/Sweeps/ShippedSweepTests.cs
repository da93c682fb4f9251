using GpuLab.Probes;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Sweeps;

public sealed class ShippedSweepTests
{
    [Fact]
    public void The_schema_beside_the_sweeps_is_that_of_this_version() =>
        Assert.True(SweepSchema.Generate(Catalogue.Probes) == Repository.Text("scripts/sweep.schema.json"),
            "scripts/sweep.schema.json is out of date: run 'scripts/gpulab schema > scripts/sweep.schema.json'");

    public static TheoryData<string> Sweeps() => [.. Directory.EnumerateFiles(Repository.Folder("scripts/sweeps"), "*.yaml").Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Sweeps))]
    public void Every_sweep_that_ships_is_read_without_error(string file) =>
        Assert.Empty(SweepReader.Read(Repository.Text($"scripts/sweeps/{file}"), file, Catalogue.Probes).Errors);
}
