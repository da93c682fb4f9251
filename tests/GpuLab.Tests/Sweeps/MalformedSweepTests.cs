using GpuLab.Sweeps;

namespace GpuLab.Tests.Sweeps;

public class MalformedSweepTests
{
    const string Head = "name: t\nprobes: [mem.read]\n";

    /// <summary>Text, line, column and a part of the message of each error.</summary>
    public static TheoryData<string, int, int, string> Single => new()
    {
        // Not a sweep at all
        { "", 1, 1, "the file is empty" },
        { "\n# nothing\n", 1, 1, "the file is empty" },
        { "hello", 1, 1, "found 'hello', expected a map with the keys of a sweep" },
        { "- a\n- b\n", 1, 1, "found a list, expected a map" },
        { "name: t\nprobes: [mem.read\n", 3, 1, "not valid YAML" },
        { "name: \"t\nprobes: 1", 1, 7, "not valid YAML" },
        { "name: t\n\tprobes: [mem.read]\n", 2, 1, "a tab in the indentation" },
        { "name: t\0\n", 1, 8, "NUL" },
        { "name: t\u0001\n", 1, 8, "control character (0x01)" },
        { "name: \uFFFD\n", 1, 7, "UTF-8" },
        { "name: \ud800x\n", 1, 7, "UTF-8" },
        { Head + "---\nname: u\n", 3, 1, "a second document" },
        { Head + "tags: &a [x]\n", 3, 7, "an anchor (&a)" },
        { Head + "tags: *a\n", 3, 7, "an alias (*a)" },
        { Head + "tags: !mine x\n", 3, 7, "a tag" },
        { Head + "? [a, b]\n: c\n", 3, 3, "found a list, expected a word as key" },
        // Keys
        { Head + "repeat: 3\n", 3, 1, "unknown key 'repeat' in a sweep: expected one of name device" },
        { Head + "repeat: 3\n", 3, 1, "Did you mean 'repeats'?" },
        { Head + "on: host\n", 3, 1, "the key is 'device'" },
        { Head + "seed: 1\nseed: 2\n", 4, 1, "the key 'seed' is there already, on line 3" },
        { "name: t\n", 1, 1, "'probes' is missing from a sweep" },
        { "probes: [mem.read]\n", 1, 1, "'name' is missing from a sweep" },
        { Head + "tags:\n", 3, 6, "found nothing, expected a list of tags" },
        { Head + "layouts: []\n", 3, 10, "found a list, expected a layout or a list of layouts" },
        // Values
        { "name: a b\nprobes: [mem.read]\n", 1, 7, "found 'a b', expected a name" },
        { "name: [t]\nprobes: [mem.read]\n", 1, 7, "found a list, expected a name" },
        { Head + "device: gpu\n", 3, 9, "'gpu' is not a device: expected auto, host, gpu:N" },
        { Head + "partitioner: core\n", 3, 14, "Did you mean 'cores'?" },
        { Head + "repeats: yes\n", 3, 10, "found 'yes', expected a whole number" },
        { Head + "repeats: 2.5\n", 3, 10, "found '2.5', expected a whole number" },
        { Head + "repeats: 0\n", 3, 10, "'0' is too small: the least is 1" },
        { Head + "repeats: -1\n", 3, 10, "found '-1', expected a whole number" },
        { Head + "repeats: 1e9\n", 3, 10, "too large: the most is 1000" },
        { Head + "seed: 99999999999999999999\n", 3, 7, "expected a whole number from 0" },
        { Head + "precision: 90%\n", 3, 12, "too large: the most is 50%" },
        { Head + "precision: 1 percent\n", 3, 12, "'percent' is not a unit here: expected one of %" },
        { Head + "budget: 20 minutes\n", 3, 9, "'minutes' is not a unit here" },
        { Head + "budget: 20\n", 3, 9, "'20' has no unit: expected a time such as 500ms" },
        { Head + "budget: .inf\n", 3, 9, "found '.inf', expected a time" },
        { Head + "effort: quik\n", 3, 9, "Did you mean 'quick'?" },
        { Head + "min_time: 20s\n", 3, 11, "min_time (20s) is more than max_time (15s)" },
        { Head + "effort: quick\nmax_time: 10ms\n", 4, 11, "min_time (100ms) is more than max_time (10ms)" },
        { Head + "modes: [solo, concurent]\n", 3, 15, "Did you mean 'concurrent'?" },
        { Head + "modes: [solo, solo]\n", 3, 15, "'solo' is there already, on line 3" },
        { Head + "layouts: [whole, 2y1c]\n", 3, 18, "'2y1c' is not a layout: at character 2" },
        { Head + "layouts: [2x1c, 1c+1c]\n", 3, 17, "'2x1c' is there already" },
        { Head + "layouts: [{generate: some}]\n", 3, 22, "expected one of maximal uniform all" },
        { Head + "layouts: [{generate: all, containing: 2x1c}]\n", 3, 39, "expected one profile" },
        { Head + "layouts: [{limit: 3}]\n", 3, 11, "'generate' is missing from a generated layout" },
        { Head + "tags: [a, a]\n", 3, 11, "'a' is there already" },
        // Probes
        { "name: t\nprobes: [mem.raed]\n", 2, 10, "'mem.raed' is not a probe" },
        { "name: t\nprobes: [mem.raed]\n", 2, 10, "Did you mean 'mem.read'?" },
        { "name: t\nprobes:\n  - bytes: 1MiB\n", 3, 5, "the entry has no 'probe'" },
        { "name: t\nprobes:\n  - [mem.read]\n", 3, 5, "found a list, expected a probe" },
        { "name: t\nprobes:\n  - probe: mem.read\n    byte: 1MiB\n", 4, 5, "unknown key 'byte' in an entry for mem.read: expected one of probe bytes. Did you mean 'bytes'?" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: 1Mib\n", 4, 12, "'Mib' is not a unit here" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: 4096\n", 4, 12, "'4096' has no unit" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: 1KiB\n", 4, 12, "'1KiB' is too small: the least is 4KiB" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: 4097.5B\n", 4, 12, "expected a whole number of bytes" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: [1MiB, 1024KiB]\n", 4, 19, "'1MiB' is there already" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: {from: 1MiB, to: 2MiB}\n", 4, 12, "neither 'times' nor 'step'" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: {from: 1MiB, to: 2MiB, times: 2, step: 1KiB}\n", 4, 12, "both 'times' and 'step'" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: {from: 2MiB, to: 1MiB, times: 2}\n", 4, 12, "ends before it begins" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: {from: 1MiB, to: 2MiB, times: 1}\n", 4, 12, "'times' must be more than 1" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: {from: 1MiB, to: 2MiB, step: 0B}\n", 4, 12, "'step' must be more than 0" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: {from: 1MiB, to: 512GiB, step: 1B}\n", 4, 12, "a sweep may have 1000000 together" },
        { "name: t\nprobes:\n  - probe: mem.read\n    bytes: {from: 1MiB, to: 512GiB, times: 1.000000000001}\n", 4, 12, "a sweep may have 1000000 together" },
        { "name: t\nprobes:\n  - probe: load.file\n    cache: hot\n", 4, 12, "expected one of cold warm" },
        { "name: t\nprobes:\n  - probe: load.file\n    cache: {from: cold, to: warm}\n", 4, 12, "found a map, expected one of cold warm" },
        { "name: t\nprobes:\n  - probe: link.h2d\n    depth: 1.5\n", 4, 12, "expected a whole number" },
        { "name: t\nprobes: [mem.read, mem.read]\n", 2, 20, "mem.read is measured already, by the entry on line 2" },
        { "name: t\nprobes:\n  - load.file\n  - probe: load.file\n    cache: [cold, warm]\n", 4, 5, "load.file bytes=64MiB cache=warm block=1MiB is measured already, by the entry on line 3" },
        // Exclusions
        { Head + "exclude:\n  - {}\n", 4, 5, "without conditions" },
        { Head + "exclude:\n  - mem.read\n", 4, 5, "found 'mem.read', expected a map" },
        { Head + "exclude:\n  - {prob: mem.read}\n", 4, 6, "Did you mean 'probe'?" },
        { Head + "exclude:\n  - {probe: mem.read, cache: warm}\n", 4, 23, "unknown key 'cache' in an exclude entry for mem.read" },
        { Head + "exclude:\n  - {bytes: \">many\"}\n", 4, 13, "found 'many', expected a size" },
        { Head + "exclude:\n  - {mode: \"<solo\"}\n", 4, 12, "'<' compares numbers" },
        { Head + "exclude:\n  - {layout: half}\n", 4, 14, "'half' is not a layout" },
    };

    [Theory]
    [MemberData(nameof(Single))]
    public void Every_mistake_is_named_with_its_place(string text, int line, int column, string fragment)
    {
        var reading = SweepReader.Read(text, "t.yaml", TestCatalogue.Probes);

        Assert.Null(reading.Sweep);
        var error = Assert.Single(reading.Errors);
        Assert.Equal((line, column), (error.Place.Line, error.Place.Column));
        Assert.Contains(fragment, error.Message, StringComparison.Ordinal);
        Assert.Equal("t.yaml", error.File);
    }

    [Fact]
    public void All_mistakes_of_a_file_are_reported_at_once_in_order()
    {
        var reading = SweepReader.Read("""
            nmae: t
            device: gpu
            layouts: [whole, 2q]
            probes:
              - probe: mem.read
                bytes: [1MiB, 1Mib, 64]
              - mem.rite
            on: host
            repeats: many
            """, "t.yaml", TestCatalogue.Probes);

        Assert.Equal([(1, 1), (1, 1), (2, 9), (3, 18), (6, 19), (6, 25), (7, 5), (8, 1), (9, 10)], reading.Errors.Select(e => (e.Place.Line, e.Place.Column)));
        Assert.Equal("t.yaml:9:10: repeats: found 'many', expected a whole number.", reading.Errors[^1].ToString());
    }

    [Fact]
    public void A_mistake_in_every_line_of_a_long_file_is_counted_beyond_a_thousand()
    {
        var reading = SweepReader.Read(Head + string.Concat(Enumerable.Range(0, 1500).Select(i => $"k{i}: 1\n")), "t.yaml", TestCatalogue.Probes);

        Assert.Equal(1001, reading.Errors.Count);
        Assert.Equal("and 500 more errors.", reading.Errors[^1].Message);
    }
}
