using System.Globalization;
using GpuLab.Model;
using YamlDotNet.RepresentationModel;

namespace GpuLab.Geometry;

/// <summary>
/// Reads geometry files (see <c>data/mig-geometry.yaml</c> for one): what contradicts itself is refused with line and column.
/// </summary>
public sealed class GeometryReader
{
    const int MaxUnits = 64, MaxSlices = 64;

    readonly YamlFacts facts;
    readonly IReadOnlyDictionary<int, int[]> otherwiseSizes;
    readonly Dictionary<int, int[]> sizes = [];

    GeometryReader(string file, IReadOnlyDictionary<int, int[]> sizes) => (facts, otherwiseSizes) = (new(file), sizes);

    /// <summary>Reads a geometry file from its text.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="otherwiseSizes">Compute instance sizes by compute slices, for files without <c>rules</c>.</param>
    /// <exception cref="GeometryException">Every mistake found, one a line.</exception>
    internal static IReadOnlyList<GpuModel> Read(string file, string text, IReadOnlyDictionary<int, int[]> otherwiseSizes) =>
        new GeometryReader(file, otherwiseSizes).Read(text);

    List<GpuModel> Read(string text)
    {
        if (facts.Root(text) is not { } root) return [];
        if (root.RequiredInt("schema", 1, int.MaxValue) != 1) facts.Wrong(root.Get("schema")!, "schema 1 is the newest that is understood here; a newer program reads this file");
        root.Ignore("collected", "legend", "warnings", "nvml_gpu_instance_profiles", "nvml_gpu_instance_capabilities", "nvml_compute_instance_profiles");
        Sizes(root.Map("rules")?.Map("compute_instance_sizes"));
        var specifications = root.Map("specs");
        var models = new List<GpuModel>();
        var keys = new HashSet<string>();
        foreach (var node in root.Items("gpus"))
        {
            if (node is not YamlMappingNode map)
            {
                facts.Wrong(node, "each GPU must be a mapping");
                continue;
            }
            var gpu = Gpu(new(facts, map, "a GPU"), specifications);
            if (!keys.Add(gpu.Key)) facts.Wrong(map, $"GPU '{gpu.Key}' is in the file twice");
            models.Add(gpu);
        }
        if (models.Count == 0) facts.Wrong(root.Node, "the file names no GPU: 'gpus' must list at least one");
        foreach (var name in specifications?.Keys ?? [])
        {
            if (!keys.Contains(name)) facts.Wrong(specifications!.Node, $"'specs' names '{name}', which is not a GPU of this file");
        }
        root.Done();
        facts.Check();
        return models;
    }

    /// <summary>Sizes by the digit of <c>3g</c>; the key <c>provenance</c> is for the reader.</summary>
    void Sizes(YamlMap? rule)
    {
        foreach (var key in rule?.Keys ?? [])
        {
            if (key == "provenance") continue;
            if (!key.EndsWith('g') || !int.TryParse(key.AsSpan(0, key.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var slices) || slices is 0 or > MaxSlices)
            {
                facts.Wrong(rule!.Node, $"'{key}' is not a size such as 3g");
                continue;
            }
            sizes[slices] = [.. rule!.Items(key).Select(n => Number(n, 1, slices)).Order()];
        }
    }

    GpuModel Gpu(YamlMap map, YamlMap? specifications)
    {
        var key = map.Required("key");
        var what = new YamlMap(facts, map.Node, $"GPU '{key}'");
        var units = what.Int("memory_units", 1, MaxUnits);
        var slices = what.RequiredInt("compute_slices", 1, MaxSlices);
        var profiles = new List<GpuInstanceProfile>();
        var nodes = what.Items("profiles");
        foreach (var node in nodes)
        {
            if (node is not YamlMappingNode inner)
            {
                facts.Wrong(node, $"each profile of {what.What} must be a mapping");
                continue;
            }
            if (OneProfile(new(facts, inner, $"a profile of {what.What}"), units, slices) is not { } profile) continue;
            if (profiles.Find(p => p.Name == profile.Name || p.Constant == profile.Constant || (p.Id is not null && p.Id == profile.Id)) is { } twin)
                facts.Wrong(inner, $"{profile.Name} of {what.What} has the name, constant or id of {twin.Name}");
            else profiles.Add(profile);
        }
        if (nodes.Count == 0) facts.Wrong(what.Node, $"{what.What} names no profile");
        var source = what.Map("provenance");
        source?.Ignore("placements");
        var provenance = new Provenance(source?.Text("status") ?? "NOT STATED", source?.Texts("sources") ?? [], what.Texts("notes"));
        source?.Done();
        var ids = what.Texts("pci_device_ids");
        foreach (var id in ids)
        {
            if (!(id.StartsWith("0x", StringComparison.Ordinal) && uint.TryParse(id.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)))
                facts.Wrong(what.Get("pci_device_ids")!, $"'{id}' of {what.What} is not a PCI id such as 0x233510DE");
        }
        what.Ignore("key", "compute_instance_profiles_seen");
        var gpu = new GpuModel(key, what.Required("product"), what.Required("arch"), ids, units, slices,
            what.Int("sm_full_gpu", 1, 1 << 16), what.Int("sm_in_mig_full_profile", 1, 1 << 16), what.Text("min_driver"),
            what.Flag("mig_mode_needs_reset"), provenance, profiles, specifications?.Text(key));
        what.Done();
        return gpu;
    }

    GpuInstanceProfile? OneProfile(YamlMap map, int? units, int slices)
    {
        var name = map.Required("name");
        if (!Layout.TryParse(name, null, out var layout) || layout.Items is not [{ Start: null, ComputeInstances: [], Profile: { Kind: ProfileKind.Mig } profile }])
        {
            facts.Wrong(map.Node, $"'{name}' is not a MIG profile such as 3g.71gb");
            return null;
        }
        var what = new YamlMap(facts, map.Node, $"profile {name}");
        var compute = what.Int("compute_slices", 1, MaxSlices) ?? profile.Size;
        if (compute != profile.Size) facts.Wrong(what.Get("compute_slices")!, string.Create(CultureInfo.InvariantCulture, $"{name} says {profile.Size} compute slices in its name but {compute} here"));
        if (compute > slices) facts.Wrong(what.Node, string.Create(CultureInfo.InvariantCulture, $"{name} takes {compute} compute slices of {slices}"));
        var places = Places(what, name, units);
        var most = what.Int("max_instances", 1, MaxUnits);
        // Each instance occupies units of its own, so more than would fit side by side is a contradiction.
        if (most is { } n && places is not null && n > SideBySide(places))
            facts.Wrong(what.Get("max_instances")!, string.Create(CultureInfo.InvariantCulture, $"{name} says {n} instances at once, but only {SideBySide(places)} of its places are free of overlap"));
        what.Ignore("name", "nvml_constant", "lgip_gib", "lgip_gib_other_drivers", "cuda_total_gib", "copy_engines_guide", "ofa_guide");
        var result = new GpuInstanceProfile(profile, what.Text("kind") ?? name[..name.IndexOf('.', StringComparison.Ordinal)],
            what.RequiredInt("nvml_profile", 0, 255), what.Int("smi_profile_id", 0, 1 << 16), compute, most, places,
            what.Int("memory_mib", 1, int.MaxValue) is { } mib ? (long)mib << 20 : null, what.Int("sm", 1, 1 << 16),
            new(what.Int("copy_engines", 0, 255), what.Int("decoders", 0, 255), what.Int("encoders", 0, 255), what.Int("jpeg", 0, 255), what.Int("ofa", 0, 255)),
            sizes.GetValueOrDefault(compute) ?? otherwiseSizes.GetValueOrDefault(compute) ?? [compute]);
        what.Done();
        return result;
    }

    PlaceGrid? Places(YamlMap profile, string name, int? units)
    {
        var length = profile.Int("memory_units", 1, MaxUnits);
        if (profile.Map("placements") is not { } map) return null;
        var size = map.RequiredInt("size", 1, MaxUnits);
        var starts = map.Items("starts").Select(n => Number(n, 0, MaxUnits - 1)).ToArray();
        if (starts.Length == 0) facts.Wrong(map.Node, $"{name} has placements but no 'starts'");
        if (length is { } l && l != size) facts.Wrong(map.Node, string.Create(CultureInfo.InvariantCulture, $"{name} takes {l} memory units but its places are {size} long"));
        if (units is null) facts.Wrong(map.Node, $"{name} has places, but its GPU does not say how many memory units it has");
        if (starts.Distinct().Count() != starts.Length) facts.Wrong(map.Node, $"{name} lists a start twice");
        foreach (var start in starts.Where(s => s + size > (units ?? MaxUnits)))
            facts.Wrong(map.Node, string.Create(CultureInfo.InvariantCulture, $"{name} at {start} would end at {start + size}, beyond the {units} memory units of the GPU"));
        var source = map.Text("provenance") ?? "NOT STATED";
        map.Done();
        return new([.. starts.Order()], size, source);
    }

    static int SideBySide(PlaceGrid places)
    {
        var (count, free) = (0, 0);
        foreach (var start in places.Starts)
        {
            if (start < free) continue;
            (count, free) = (count + 1, start + places.Size);
        }
        return count;
    }

    int Number(YamlNode node, int min, int max)
    {
        if (node is YamlScalarNode { Value: { } text } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        facts.Wrong(node, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max} is expected"));
        return min;
    }
}
