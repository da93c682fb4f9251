using GpuLab.Model;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Sweeps;

public class GoodSweepTests
{
    public const string Everything = """
        name: every-thing_1.0
        device: sim:h200-141gb
        partitioner: mig
        layouts: [whole, 7x1g.18gb, {generate: uniform, containing: 3g.71gb, limit: 4}]
        modes: [solo, concurrent]
        probes:
          - mem.read
          - probe: link.h2d
            bytes: {from: 4KiB, to: 1MiB, times: 2}
            memory: [pinned, pageable]
            depth: {from: 1, to: 7, step: 3}
            pause: 1.5ms
            duty: [50%, 1]
          - {probe: command, run: "echo: hello"}
        exclude:
          - {probe: link.h2d, memory: pageable, bytes: ">256KiB"}
          - {layout: [whole, 7x1g.18gb], mode: "!=solo", slice: 1g.18gb@0}
          - {depth: "<= 4", duty: 50%}
        repeats: 6
        effort: reference
        precision: 0.5%
        min_samples: 50
        min_time: 1s
        max_time: 2min
        warmup: 0s
        budget: 20min
        seed: 18446744073709551615
        tags: [a, "b c"]
        """;

    [Fact]
    public void Every_key_arrives_where_it_belongs()
    {
        var sweep = Read(Everything);

        Assert.Equal("every-thing_1.0", sweep.Name);
        Assert.Equal(new DeviceId(DeviceKind.Simulated, "h200-141gb"), sweep.Device);
        Assert.Equal("mig", sweep.Partitioner);
        Assert.Equal([Mode.Solo, Mode.Concurrent], sweep.Modes);
        Assert.Equal(6, sweep.Repeats);
        Assert.Equal(new Stopping(0.005, 50, 1, 120, 0), sweep.Stopping);
        Assert.Equal(1200, sweep.Budget);
        Assert.Equal(ulong.MaxValue, sweep.Seed);
        Assert.Equal(["a", "b c"], sweep.Tags);
        Assert.Equal(Everything, sweep.Text);
    }

    [Fact]
    public void Layouts_keep_their_order_and_places()
    {
        var layouts = Read(Everything).Layouts;

        Assert.Equal(new LayoutChoice.Written(Layout.Whole, new(4, 11)), layouts[0]);
        Assert.Equal(new LayoutChoice.Written(Layout.Parse("7x1g.18gb"), new(4, 18)), layouts[1]);
        Assert.Equal(new LayoutChoice.Generated("uniform", new(ProfileKind.Mig, 3, 71), 4, new(4, 29)), layouts[2]);
    }

    [Fact]
    public void Values_of_parameters_are_expanded_to_SI()
    {
        var choice = Read(Everything).Probes[1];

        Assert.Equal("link.h2d", choice.Probe.Id);
        Assert.Equal(["bytes", "memory", "depth", "pause", "duty"], choice.Axes.Select(a => a.Key));
        Assert.Equal(Enumerable.Range(12, 9).Select(n => ParameterValue.Bytes(1 << n)), choice.Axes[0].Value);
        Assert.Equal([ParameterValue.Of("pinned"), ParameterValue.Of("pageable")], choice.Axes[1].Value);
        Assert.Equal([ParameterValue.Count(1), ParameterValue.Count(4), ParameterValue.Count(7)], choice.Axes[2].Value);
        Assert.Equal([ParameterValue.Seconds(0.0015)], choice.Axes[3].Value);
        Assert.Equal([new(ParameterType.Fraction, 0.5), new(ParameterType.Fraction, 1)], choice.Axes[4].Value);
    }

    [Fact]
    public void Exclusions_become_conditions()
    {
        var exclude = Read(Everything).Exclude;

        Assert.Equal(["=", "=", ">"], exclude[0].Conditions.Select(c => c.Value.Operator));
        Assert.Equal(ParameterValue.Bytes(256 << 10), Assert.Single(exclude[0].Conditions[2].Value.Values));
        Assert.Equal(["layout", "mode", "slice"], exclude[1].Conditions.Select(c => c.Key));
        Assert.Equal("<=", exclude[2].Conditions[0].Value.Operator);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var sweep = Read("name: t\nprobes: mem.read");

        Assert.Equal(DeviceId.Auto, sweep.Device);
        Assert.Null(sweep.Partitioner);
        Assert.Equal(Layout.Whole, Assert.IsType<LayoutChoice.Written>(Assert.Single(sweep.Layouts)).Layout);
        Assert.Equal([Mode.Solo], sweep.Modes);
        Assert.Equal((3, 1ul, Stopping.Normal, (double?)null), (sweep.Repeats, sweep.Seed, sweep.Stopping, sweep.Budget));
    }

    [Theory]
    [InlineData("\uFEFFname: t\nprobes: [mem.read]\n")]
    [InlineData("name: t\r\nprobes:\r\n  - mem.read\r\n")]
    [InlineData("---\nname: t\nprobes: [mem.read]\n...\n")]
    [InlineData("%YAML 1.2\n---\nname: t\nprobes: [mem.read]\n")]
    [InlineData("{name: t, probes: [mem.read]}")]
    [InlineData("{\"name\": \"t\", \"probes\": [\"mem.read\"]}")]
    [InlineData("# a comment\n\nname: t   # with é and µ\nprobes:\n- mem.read\n")]
    [InlineData("name: t\nprobes: [mem.read]\nlayouts: whole\nmodes: solo\n")]
    [InlineData("name: t\nprobes:\n  - {probe: mem.read, bytes: 1MiB}\n  - {probe: mem.read, bytes: 2MiB}\n")]
    public void Other_ways_of_writing_it_are_accepted(string text) => Assert.Equal("t", Read(text).Name);

    [Fact]
    public void A_range_reaches_its_end_in_spite_of_rounding()
    {
        var values = Read("name: t\nprobes:\n  - probe: link.h2d\n    duty: {from: 10%, to: 30%, step: 10%}\n").Probes[0].Axes[0].Value;

        Assert.Equal([0.1, 0.2, 0.3], values.Select(v => Math.Round(v.Number, 12)));
    }

    [Theory]
    [InlineData("concurent", "concurrent")]
    [InlineData("MEM.READ", "mem.read")]
    [InlineData("mem.raed", "mem.read")]
    [InlineData("completely different", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_found(string word, string? nearest) => Assert.Equal(nearest, Nearest.To(word, ["solo", "concurrent", "mem.write", "mem.read"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("same", "same", 0)]
    public void Distances_count_slips(string a, string b, int distance) => Assert.Equal(distance, Nearest.Distance(a, b));

    static Sweep Read(string text)
    {
        var reading = SweepReader.Read(text, "t.yaml", TestCatalogue.Probes);
        Assert.Empty(reading.Errors);
        return reading.Sweep!;
    }
}
