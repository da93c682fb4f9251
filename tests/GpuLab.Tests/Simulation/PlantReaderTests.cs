using GpuLab.Simulation;
using GpuLab.Tests.Sweeps;

namespace GpuLab.Tests.Simulation;

public sealed class PlantReaderTests
{
    public static TheoryData<string> Examples() => [.. Directory.EnumerateFiles(Repository.Folder("scripts/sweeps/planted"), "*.yaml").Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_read_without_error(string file) =>
        Assert.Empty(PlantReader.Read(Repository.Text($"scripts/sweeps/planted/{file}"), file).Errors);

    [Fact]
    public void Every_kind_of_effect_is_explained_beside_the_examples()
    {
        var readme = Repository.Text("scripts/sweeps/planted/README.md");
        string[] keys = ["coupling", "drift", "noise", "outliers", "bimodal", "throttle", "late", "clock", "die", "hang", "stop", "slow_link", "slow_disk", "unfair_link", "bad_sm"];
        Assert.Equal(keys.Length, typeof(PlantedEffect).GetNestedTypes().Length);
        Assert.All(keys, k => Assert.Contains($"| `{k}` |", readme, StringComparison.Ordinal));
        var examples = Directory.EnumerateFiles(Repository.Folder("scripts/sweeps/planted"), "*.yaml").Select(File.ReadAllText).ToList();
        Assert.All(keys, k => Assert.Contains(examples, e => $"\n{e}".Contains($"\n{k}:", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("couplings: {size: 10%}", "p.yaml:1:1: unknown key 'couplings'")]
    [InlineData("coupling: {victim: 1g.18gb}", "p.yaml:1:11: coupling: 'size' is missing")]
    [InlineData("coupling: {size: 200%}", "p.yaml:1:18: ")]
    [InlineData("drift: {per_second: -1}", "p.yaml:1:21: ")]
    [InlineData("late: {by: 5}", "p.yaml:1:12: ")]
    [InlineData("noise: {within: abc}", "p.yaml:1:17: ")]
    [InlineData("throttle: {to: 50%, resource: gpu}", "p.yaml:1:31: ")]
    [InlineData("throttle: {to: 50%, to: 60%}", "p.yaml:1:21: ")]
    [InlineData("hang: [{repeat: 0}]", "p.yaml:1:17: ")]
    [InlineData("", "p.yaml:1:1: ")]
    [InlineData("[]", "p.yaml:1:1: ")]
    [InlineData("late: &a {by: 5ms}", "p.yaml:1:7: ")]
    [InlineData("late: {by: 5ms", "p.yaml:2:1: not valid YAML")]
    public void A_mistake_is_refused_with_its_place(string text, string start)
    {
        var reading = PlantReader.Read(text, "p.yaml");
        Assert.Null(reading.Plant);
        Assert.StartsWith(start, reading.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_said_at_once() =>
        Assert.Equal(3, PlantReader.Read("late: {by: -1ms}\nhang: {after: x}\nnothing: 1", "p.yaml").Errors.Count);

    [Fact]
    public void Hostile_files_end_in_a_sentence()
    {
        string[] hostile = [new string('[', 100_000), new string(' ', 5 << 20), "late: *b", "late: !!map {by: 5ms}", "\t\0", "? [a]\n: 1", "late: [[[[{by: 5ms}]]]]", string.Concat(Enumerable.Repeat("x", 200_000)), "late: [" + string.Join(',', Enumerable.Repeat("{by: 1ms}", 5000)) + "]", "late: {by: 1ms}\nlate: {by: 2ms}", "late: {by: 1e400s}", "coupling: {size: .nan}"];
        foreach (var text in hostile)
        {
            var reading = PlantReader.Read(text, "p.yaml");
            Assert.Null(reading.Plant);
            Assert.StartsWith("p.yaml:", reading.Errors[0].ToString(), StringComparison.Ordinal);
            Assert.InRange(reading.Errors[0].ToString().Length, 10, 500);
        }
    }
}
