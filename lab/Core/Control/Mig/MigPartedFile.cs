using System.Globalization;
using GpuLab.Geometry;
using GpuLab.Model;
using YamlDotNet.RepresentationModel;

namespace GpuLab.Control.Mig;

/// <summary>A file of NVIDIA's mig-parted: named configurations, each a list of what some GPUs of a machine shall be cut into.</summary>
public sealed class MigPartedFile
{
    readonly Dictionary<string, IReadOnlyList<MigPartedEntry>> configurations = [];

    MigPartedFile()
    {
    }

    public IReadOnlyCollection<string> Names => configurations.Keys;

    /// <exception cref="GeometryException">It cannot be read as one; a line for each mistake. Unknown fields are refused.</exception>
    public static MigPartedFile Load(string path)
    {
        try
        {
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeometryException($"{path} cannot be read: {e.Message}");
        }
    }

    /// <inheritdoc cref="Load"/>
    public static MigPartedFile Parse(string path, string text)
    {
        var facts = new YamlFacts(path);
        var file = new MigPartedFile();
        if (facts.Root(text) is not { } root) return file;
        if (root.Required("version") is { Length: > 0 } version and not "v1") facts.Wrong(root.Node, $"version '{version}' is not known; v1 is");
        if (root.Map("mig-configs") is { } all)
        {
            foreach (var name in all.Keys) file.configurations[name] = [.. all.Items(name).Select(i => Entry(facts, i, name)).OfType<MigPartedEntry>()];
            all.Done();
        }
        else facts.Wrong(root.Node, "the file needs 'mig-configs'");
        root.Done();
        facts.Check();
        return file;
    }

    /// <summary>One configuration.</summary>
    /// <exception cref="GeometryException">There is none of that name.</exception>
    public IReadOnlyList<MigPartedEntry> Get(string name) => configurations.TryGetValue(name, out var entries) ? entries
        : throw new GeometryException($"There is no configuration '{name}'; the file has {string.Join(", ", Names)}.");

    static MigPartedEntry? Entry(YamlFacts facts, YamlNode node, string name)
    {
        if (node is not YamlMappingNode mapping)
        {
            facts.Wrong(node, $"'{name}' must list mappings with devices, mig-enabled and mig-devices");
            return null;
        }
        var map = new YamlMap(facts, mapping, $"'{name}'");
        IReadOnlyList<string> filter = map.Get("device-filter") switch
        {
            null => [],
            YamlScalarNode one => [one.Value ?? ""],
            _ => map.Texts("device-filter"),
        };
        var enabled = map.Flag("mig-enabled");
        if (enabled is null) facts.Wrong(mapping, $"'{name}' needs 'mig-enabled'");
        var devices = Devices(facts, map, name);
        var instances = Instances(facts, map, name);
        if (enabled == false && instances.Count > 0) facts.Wrong(mapping, $"'{name}' has mig-devices while mig-enabled is false");
        map.Done();
        return new(filter, devices, enabled ?? false, instances);
    }

    static int[]? Devices(YamlFacts facts, YamlMap map, string name)
    {
        switch (map.Get("devices"))
        {
            case YamlScalarNode { Value: "all" }:
                return null;
            case YamlSequenceNode list:
                var numbers = new List<int>();
                foreach (var item in list.Children)
                {
                    if (item is YamlScalarNode { Value: { } text } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) numbers.Add(number);
                    else facts.Wrong(item, $"'devices' of '{name}' must be all, or a list of numbers");
                }
                return [.. numbers];
            case var other:
                facts.Wrong(other ?? map.Node, $"'{name}' needs 'devices': all, or a list of numbers");
                return [];
        }
    }

    static List<MigPartedInstance> Instances(YamlFacts facts, YamlMap map, string name)
    {
        var list = new List<MigPartedInstance>();
        if (map.Map("mig-devices") is not { } devices) return list;
        foreach (var (key, value) in devices.Node.Children)
        {
            var text = (key as YamlScalarNode)?.Value ?? "";
            if (!MigPartedInstance.TryParse(text, out var profile, out var slices)) facts.Wrong(key, $"'{text}' is not a MIG device such as 3g.20gb, 1g.10gb+me or 1c.3g.20gb");
            else if (value is not YamlScalarNode { Value: { } count } || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 0 or > 64) facts.Wrong(value, $"the count of {text} in '{name}' must be a whole number up to 64");
            else list.Add(new(profile!, slices, number));
        }
        return list;
    }
}

/// <summary>What some GPUs shall be cut into.</summary>
/// <param name="Filter">PCI device and vendor such as <c>0x233510DE</c>; empty for all kinds.</param>
/// <param name="Devices">The driver's numbers; null for all.</param>
public sealed record MigPartedEntry(IReadOnlyList<string> Filter, IReadOnlyList<int>? Devices, bool Enabled, IReadOnlyList<MigPartedInstance> Instances)
{
    public bool Matches(int index, string? pciDevice) => (Devices is null || Devices.Contains(index))
        && (Filter.Count == 0 || Filter.Any(f => string.Equals(f, pciDevice, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The same as a layout. Compute instances that are parts share GPU instances, each filled before the next is begun.</summary>
    public Layout ToLayout()
    {
        var items = new List<LayoutItem>();
        foreach (var group in Instances.Where(i => i.Count > 0).GroupBy(i => i.Profile))
        {
            foreach (var whole in group.Where(i => i.ComputeSlices is null || i.ComputeSlices == i.Profile.Size)) items.AddRange(Enumerable.Repeat(new LayoutItem(group.Key), whole.Count));
            var parts = new List<List<int>>();
            foreach (var size in group.Where(i => i.ComputeSlices is { } c && c != i.Profile.Size).SelectMany(i => Enumerable.Repeat(i.ComputeSlices!.Value, i.Count)).OrderDescending())
            {
                var room = parts.Find(p => p.Sum() + size <= group.Key.Size);
                if (room is null) parts.Add(room = []);
                room.Add(size);
            }
            items.AddRange(parts.Select(p => new LayoutItem(group.Key, null, [.. p])));
        }
        return new(items);
    }
}

/// <summary>So many MIG devices of one kind.</summary>
/// <param name="ComputeSlices">Of the compute instance, or null where it has all of its GPU instance.</param>
public sealed record MigPartedInstance(Profile Profile, int? ComputeSlices, int Count)
{
    internal static bool TryParse(string text, out Profile? profile, out int? slices)
    {
        (profile, slices) = (null, null);
        var dot = text.IndexOf("c.", StringComparison.Ordinal);
        if (dot > 0 && int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var part)) (slices, text) = (part, text[(dot + 2)..]);
        // A count would be read as part of a layout.
        if (text.Contains('x', StringComparison.Ordinal) || !Layout.TryParse(text, null, out var layout) || layout.Items is not [{ Start: null, ComputeInstances: [], Profile: { Kind: ProfileKind.Mig } one }]) return false;
        profile = one;
        return slices is null || slices >= 1 && slices <= one.Size;
    }
}
