using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace GpuLab.Geometry;

/// <summary>Reads specification blocks (see <c>data/gpu-specs.yaml</c>) into SI units, the best-known value of each figure first.</summary>
static class SpecReader
{
    const double Mega = 1e6, Giga = 1e9, Tera = 1e12, MiB = 1 << 20;

    /// <summary>Key in the file → figure, factor to SI. Where two keys give one figure the first one wins within a section.</summary>
    static readonly (string Key, string Name, double Factor)[] figures =
    [
        ("sm", "sms", 1), ("fb_mib", "memory", MiB), ("hbm_or_fb_gb", "memory", Giga), ("hbm_gb", "memory", Giga),
        ("mem_bw_gbs", "memory_bandwidth", Giga), ("l2_bytes", "l2", 1), ("l2_mb", "l2", MiB),
        ("boost_mhz", "sm_clock", Mega), ("mem_clock_mhz", "memory_clock", Mega), ("bus_bits", "bus_bits", 1), ("nvlink_gbs", "nvlink", Giga),
        ("tdp_w", "power", 1), ("bar1_mib", "bar1", MiB), ("async_engines", "copy_engines", 1),
        ("fp64", "fp64", Tera), ("fp64_tc", "fp64_tc", Tera), ("fp32", "fp32", Tera), ("tf32", "tf32", Tera), ("bf16", "bf16", Tera),
        ("fp8", "fp8", Tera), ("fp4", "fp4", Tera), ("int8_tops", "int8", Tera),
    ];

    static readonly string[] words = ["pcie", "host_link", "nvidia_min_driver_mig", "ats"];

    public static IReadOnlyList<GpuSpec> Read(string file, string text)
    {
        var facts = new YamlFacts(file);
        if (facts.Root(text) is not { } root) return [];
        if (root.RequiredInt("schema", 1, int.MaxValue) != 1) facts.Wrong(root.Get("schema")!, "schema 1 is the newest that is understood here");
        root.Ignore("legend", "gpus", "notes");
        var lanes = Lanes(root.Map("notes")?.Map("pcie_theoretical_gbs"));
        var specs = new List<GpuSpec>();
        foreach (var node in root.Items("gpus"))
        {
            if (node is not YamlMappingNode map) facts.Wrong(node, "each block must be a mapping");
            else specs.Add(One(facts, new(facts, map, "a specification block"), lanes));
        }
        if (specs.Count == 0) facts.Wrong(root.Node, "the file has no block: 'gpus' must list at least one");
        foreach (var twice in specs.GroupBy(s => s.Key).Where(g => g.Count() > 1)) facts.Wrong(root.Node, $"block '{twice.Key}' is in the file twice");
        root.Done();
        facts.Check();
        return specs;
    }

    static Dictionary<string, double> Lanes(YamlMap? map) =>
        map is null ? [] : map.Keys.Where(k => k != "provenance").ToDictionary(k => k, k => (map.Number(k) ?? double.NaN) * Giga);

    static GpuSpec One(YamlFacts facts, YamlMap map, Dictionary<string, double> lanes)
    {
        var key = map.Required("key");
        map = new(facts, map.Node, $"block '{key}'");
        map.Ignore("key");
        var values = new Dictionary<string, SpecValue>();
        var texts = new Dictionary<string, string>();
        var unsupported = new List<string>();
        if (map.Map("read") is { } read)
        {
            var source = string.Join("; ", read.Texts("sources"));
            Section(read, Known.Read, source, values, texts, unsupported);
            read.Ignore("mem_bw_tbs", "cuda_total_bytes");
            read.Done();
            Derived(facts, map.Map("derived"), values);
            if (read.Number("mem_bw_tbs") is { } rounded) values.TryAdd("memory_bandwidth", new(rounded * Tera, Known.Read, source));
        }
        if (map.Map("from_memory") is { } memory)
        {
            Section(memory, Known.FromMemory, "recalled, not re-read", values, texts, unsupported);
            memory.Ignore("mem_bw_gbs_hgx");
            memory.Done();
        }
        if (texts.TryGetValue("pcie", out var pcie))
        {
            var lane = lanes.FirstOrDefault(l => pcie.StartsWith(l.Key, StringComparison.Ordinal));
            if (lane.Key is not null) values["link"] = new(lane.Value, Known.FromMemory, $"line rate of PCIe {lane.Key}, before packet overhead");
        }
        var spec = new GpuSpec(key, map.Required("arch"), map.Required("compute_capability"), values, texts, unsupported, map.Texts("unsure"));
        map.Done();
        return spec;
    }

    static void Section(YamlMap map, Known how, string source, Dictionary<string, SpecValue> values, Dictionary<string, string> texts, List<string> unsupported)
    {
        foreach (var (key, name, factor) in figures)
        {
            if (!map.Has(key)) continue;
            if (map.Get(key) is null)
            {
                if (factor == Tera) unsupported.Add(name);
            }
            else if (map.Number(key, 0, 1e15) is { } number) values.TryAdd(name, new(number * factor, how, source));
        }
        foreach (var word in words)
        {
            if (map.Text(word) is { } text) texts.TryAdd(word, text);
        }
        map.Ignore("sources");
    }

    /// <summary>A derived figure is kept as its arithmetic, <c>1215 MHz x2 x5120 bit /8 = 1555.2</c>: the number after the equals sign counts.</summary>
    static void Derived(YamlFacts facts, YamlMap? map, Dictionary<string, SpecValue> values)
    {
        if (map?.Text("mem_bw_gbs") is { } text)
        {
            var equals = text.LastIndexOf('=');
            var number = text[(equals + 1)..].Trim().Split(' ')[0];
            if (equals > 0 && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
                values.TryAdd("memory_bandwidth", new(value * Giga, Known.Derived, text));
            else facts.Wrong(map.Node, "'mem_bw_gbs' of 'derived' must show its arithmetic and end in '= number'");
        }
        map?.Done();
    }
}
