using System.Text.Json.Nodes;
using GpuLab.Sweeps;
using GpuLab.Sweeps.Reading;

namespace GpuLab.Tests.Sweeps;

public class SweepSchemaTests
{
    static readonly JsonObject Schema = JsonNode.Parse(SweepSchema.Generate(TestCatalogue.Probes))!.AsObject();

    /// <summary>What needs arithmetic, the file's text or other values to be seen is beyond a schema.</summary>
    static readonly string[] BeyondSchemas =
    [
        "is there already", "is measured already", "too small: the least is 4KiB", "whole number of bytes", "min_time", "must be more than 1", "must be more than 0",
        "ends before it begins", "1000000 together", "neither 'times' nor 'step'", "both 'times' and 'step'", "too large: the most is 50%",
        "an anchor", "a tag", "an alias", "a second document", "expected a word as key", "found 'many', expected a size", "unknown key 'cache' in an exclude entry",
    ];

    [Fact]
    public void The_schema_names_its_draft_and_describes_every_key()
    {
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", Schema["$schema"]!.GetValue<string>());
        Assert.All(Schema["properties"]!.AsObject(), p => Assert.NotEmpty(p.Value!["description"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData(GoodSweepTests.Everything)]
    [InlineData("name: t\nprobes: mem.read")]
    [InlineData("name: t\nprobes: [mem.read]\nlayouts: 2x1c\nmodes: [solo]\nprecision: 0.01\nbudget: 1.5 h")]
    public void Good_sweeps_pass(string text) => Assert.True(Accepts(text));

    [Fact]
    public void The_quickstart_passes() => Assert.True(Accepts(Repository.Text("scripts/sweeps/quickstart.yaml")));

    [Fact]
    public void What_the_reader_refuses_fails_wherever_a_schema_can_see_it()
    {
        var seen = 0;
        foreach (var row in MalformedSweepTests.Single)
        {
            var text = (string)row[0];
            var message = (string)row[3];
            if (BeyondSchemas.Any(b => message.Contains(b, StringComparison.Ordinal)) || NodeReader.Read(text, new("t.yaml")) is not { } node) continue;
            if (!TextCheck.Passes(text, new("t.yaml"))) continue;
            Assert.False(SchemaEvaluator.Accepts(Schema, SchemaEvaluator.ToJson(node)), $"{message}\n{text}");
            seen++;
        }
        Assert.InRange(seen, 40, int.MaxValue);
    }

    static bool Accepts(string text) => SchemaEvaluator.Accepts(Schema, SchemaEvaluator.ToJson(NodeReader.Read(text, new("t.yaml"))!));
}
