using GpuLab.Geometry;

namespace GpuLab.Tests.Geometry;

public sealed class GpuCatalogueTests
{
    const string Good = """
        schema: 1
        gpus:
        - key: toy
          product: Toy GPU
          arch: None
          memory_units: 4
          compute_slices: 4
          profiles:
          - name: 1g.1gb
            nvml_profile: 0
            smi_profile_id: 9
            max_instances: 4
            placements: {starts: [0, 1, 2, 3], size: 1, provenance: READ}
        """;

    [Fact]
    public void Every_gpu_of_the_shipped_file_is_there_with_its_facts()
    {
        Assert.Equal(18, GpuCatalogue.Keys.Count);
        var h200 = GpuCatalogue.Get("h200-141gb");
        var half = h200.Profiles.Single(p => p.Name.ToString() == "3g.71gb");
        Assert.Equal((9, 2, 60, 71168L << 20), (half.Id!.Value, half.Constant, half.Sms!.Value, half.Memory!.Value));
        Assert.Equal([0, 4], half.Places!.Starts);
        Assert.Equal(4, half.Places.Size);
        Assert.Equal(12, GpuCatalogue.Get("rtx-pro-6000-96gb").MemoryUnits);
        Assert.True(GpuCatalogue.Get("a100-40gb").ModeNeedsReset);
        Assert.False(h200.ModeNeedsReset);
    }

    [Fact]
    public void What_no_source_gives_stays_unknown()
    {
        var b300 = GpuCatalogue.Get("b300-269gb");
        Assert.All(b300.Profiles, p => Assert.Null(p.Sms));
        Assert.Null(b300.Sms);
        Assert.Contains("not known", GpuCatalogue.Get("thor-igpu").Unknown!, StringComparison.Ordinal);
        Assert.Null(GpuCatalogue.Spec(GpuCatalogue.Get("thor-igpu")));
        Assert.Null(GpuCatalogue.Spec(b300)!["sms"]);
    }

    [Fact]
    public void Specification_figures_are_in_si_units_and_say_how_they_are_known()
    {
        var a100 = GpuCatalogue.Spec(GpuCatalogue.Get("a100-40gb"))!;
        Assert.Equal((1555.2e9, Known.Derived), (a100["memory_bandwidth"]!.Value.Value, a100["memory_bandwidth"]!.Value.How));
        Assert.Equal((1410e6, Known.Read), (a100["sm_clock"]!.Value.Value, a100["sm_clock"]!.Value.How));
        Assert.Equal((312e12, Known.FromMemory), (a100["bf16"]!.Value.Value, a100["bf16"]!.Value.How));
        Assert.Equal(31.5e9, a100["link"]!.Value.Value);
        Assert.Contains("fp8", a100.Unsupported);
        Assert.Equal((4814.3e9, Known.Read), (GpuCatalogue.Specs["h200-sxm-141gb"]["memory_bandwidth"]!.Value.Value, GpuCatalogue.Specs["h200-sxm-141gb"]["memory_bandwidth"]!.Value.How));
    }

    [Fact]
    public void Every_specification_that_a_gpu_names_exists() =>
        Assert.All(GpuCatalogue.All.Where(m => m.Specification is not null), m => Assert.NotNull(GpuCatalogue.Spec(m)));

    [Fact]
    public void A_users_file_is_read_by_the_same_rules()
    {
        var toy = Assert.Single(GpuCatalogue.Parse("toy.yaml", Good));
        Assert.Null(toy.Profiles[0].Memory);
        Assert.Equal(15, (int)new LayoutSpace(toy).CountPlaced(new()));
    }

    [Theory]
    [InlineData("starts: [0, 1, 2, 3]", "starts: [0, 1, 2, 4]", "toy.yaml:13:", "beyond the 4 memory units")]
    [InlineData("starts: [0, 1, 2, 3]", "starts: [0, 1, 1, 3]", "toy.yaml:13:", "a start twice")]
    [InlineData("starts: [0, 1, 2, 3]", "starts: [0, 1, -2]", "toy.yaml:13:", "whole number from 0")]
    [InlineData("max_instances: 4", "max_instances: 5", "toy.yaml:12:20", "only 4 of its places")]
    [InlineData("name: 1g.1gb", "name: 5g.1gb", "toy.yaml:9:", "takes 5 compute slices of 4")]
    [InlineData("name: 1g.1gb", "name: one", "toy.yaml:9:", "not a MIG profile")]
    [InlineData("memory_units: 4", "memory_units: 65", "toy.yaml:6:17", "from 1 to 64")]
    [InlineData("memory_units: 4", "memory_unit: 4", "toy.yaml:6:3", "no 'memory_unit'")]
    [InlineData("schema: 1", "schema: 2", "toy.yaml:1:9", "newer program")]
    [InlineData("product: Toy GPU", "product: [a, b]", "toy.yaml:4:12", "must be a text")]
    [InlineData("arch: None", "product: again", "toy.yaml:", "uplicate")]
    [InlineData("product: Toy GPU", "product: &a Toy GPU", "toy.yaml:4:", "anchors")]
    [InlineData("product: Toy GPU", "product: !!str Toy GPU", "toy.yaml:4:", "tags")]
    [InlineData("nvml_profile: 0", "nvml_profile: zero", "toy.yaml:10:19", "whole number")]
    [InlineData("  profiles:", "  profiles: {", "toy.yaml:", "")]
    [InlineData("placements: {starts: [0, 1, 2, 3], size: 1,", "compute_slices: 2\n    placements: {starts: [0, 1, 2, 3], size: 1,", "toy.yaml:13:21", "2 here")]
    [InlineData("placements: {starts: [0, 1, 2, 3], size: 1,", "memory_units: 2\n    placements: {starts: [0, 1, 2, 3], size: 1,", "toy.yaml:14:", "places are 1 long")]
    public void A_contradictory_file_is_refused_with_line_and_column(string good, string bad, string where, string what)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        var error = Assert.Throws<GeometryException>(() => GpuCatalogue.Parse("toy.yaml", Good.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var text = Good.Replace("memory_units: 4", "memory_units: none", StringComparison.Ordinal).Replace("max_instances: 4", "max_instances: 0", StringComparison.Ordinal);
        var error = Assert.Throws<GeometryException>(() => GpuCatalogue.Parse("toy.yaml", text));
        Assert.True(error.Message.Split('\n').Length >= 2, error.Message);
    }

    [Fact]
    public void Hostile_files_end_in_a_sentence()
    {
        string[] hostile = ["", "[]", "schema: 1", new string('[', 100_000), new string(' ', 5 << 20), "a: *b", "\t\0", "? [a]\n: 1", "schema: 1\ngpus: [1, [2]]", "schema: 1\ngpus:\n- key: x\n- key: x"];
        foreach (var text in hostile) Assert.StartsWith("x.yaml", Assert.Throws<GeometryException>(() => GpuCatalogue.Parse("x.yaml", text)).Message, StringComparison.Ordinal);
    }

    const string Block = """
        schema: 1
        gpus:
        - key: b300
          arch: Blackwell Ultra
          compute_capability: '10.3'
          read: {sm: 148, bf16: 2300, sources: [my own device query]}
        """;

    [Fact]
    public void A_users_specification_fills_what_is_missing()
    {
        var mine = Assert.Single(GpuCatalogue.ParseSpecs("mine.yaml", Block)).Over(GpuCatalogue.Specs["b300"]);
        Assert.Equal((148.0, Known.Read, "my own device query"), (mine["sms"]!.Value.Value, mine["sms"]!.Value.How, mine["sms"]!.Value.Source));
        Assert.Equal((2300e12, Known.Read), (mine["bf16"]!.Value.Value, mine["bf16"]!.Value.How));
        Assert.Equal((8000e9, Known.FromMemory), (mine["memory_bandwidth"]!.Value.Value, mine["memory_bandwidth"]!.Value.How));
        Assert.Equal(148.0, new GpuLab.Control.Simulated.SimulatedDevice(GpuCatalogue.Get("b300-269gb"), mine).Need("sms").Value);
    }

    [Theory]
    [InlineData("sm: 148", "sms: 148", "mine.yaml:6:10", "no 'sms'")]
    [InlineData("sm: 148", "sm: -1", "mine.yaml:6:14", "a number from 0")]
    [InlineData("sm: 148", "sm: .nan", "mine.yaml:6:14", "a number from 0")]
    [InlineData("arch: Blackwell Ultra", "derived: {mem_bw_gbs: 8000}", "mine.yaml:4:", "arithmetic")]
    [InlineData("compute_capability: '10.3'", "from_memory: [1]", "mine.yaml:5:", "must be a mapping")]
    [InlineData("- key: b300", "- key: [b300]", "mine.yaml:3:", "must be a text")]
    public void A_wrong_specification_is_refused_with_line_and_column(string good, string bad, string where, string what)
    {
        var error = Assert.Throws<GeometryException>(() => GpuCatalogue.ParseSpecs("mine.yaml", Block.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_is_answered_with_the_known_ones() =>
        Assert.Contains("h200-141gb", Assert.Throws<GeometryException>(() => GpuCatalogue.Get("h300")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.StartsWith("/nowhere/x.yaml: cannot be read", Assert.Throws<GeometryException>(() => GpuCatalogue.Load("/nowhere/x.yaml")).Message, StringComparison.Ordinal);
}
