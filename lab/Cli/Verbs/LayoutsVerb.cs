using System.CommandLine;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuLab.Control;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab layouts</c>: every legal way of cutting a device, drawn as the units that each slice occupies.</summary>
static class LayoutsVerb
{
    /// <param name="open">Opens a device that is not simulated.</param>
    public static Command Create(Func<DeviceId, IDevice> open, TextWriter output)
    {
        var on = Cuttable.On();
        var file = Cuttable.File();
        var maximal = new Option<bool>("--maximal") { Description = "Only layouts to which no further GPU instance could be added (with --placements: with the others where they are)." };
        var cuts = new Option<string?>("--ci")
        {
            Description = "Also every cut of GPU instances into compute instances: 'full' (the default of --ci) uses up every compute slice, 'partial' may leave some unused.",
            HelpName = "full|partial",
            Arity = ArgumentArity.ZeroOrOne,
        };
        cuts.AcceptOnlyFromAmong("full", "partial");
        var containing = new Option<string?>("--containing") { Description = "Only layouts with at least one instance of this profile.", HelpName = "PROFILE" };
        var placements = new Option<bool>("--placements") { Description = "Tell layouts apart by where their instances lie, not only by which there are." };
        var empty = new Option<bool>("--empty") { Description = "Count the uncut device too." };
        var count = new Option<bool>("--count") { Description = "Only the number." };
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Command("layouts", """
            Lists every legal layout of a device. Without options a layout is a multiset: which GPU instances there are, wherever they lie,
            each with one compute instance; the place drawn is the one that 'partition apply' would take. With --placements the same
            instances at other places are another layout. With --ci each multiset of compute instances in each GPU instance is another
            layout; their places inside it are never told apart. The uncut device is not counted unless --empty is given.
            """) { on, file, maximal, cuts, containing, placements, empty, count, json };
        command.SetAction(parse =>
        {
            var device = Cuttable.Open(parse.GetValue(on), parse.GetValue(file), open);
            var splits = parse.GetResult(cuts) is null ? ComputeSplits.One : parse.GetValue(cuts) == "partial" ? ComputeSplits.Partial : ComputeSplits.Full;
            var query = new LayoutQuery(parse.GetValue(maximal), splits, Profile(parse.GetValue(containing), device), parse.GetValue(empty));
            var list = Listing(device, query, parse.GetValue(placements));
            if (parse.GetValue(count) && !parse.GetValue(json)) output.WriteLine(list.Count.ToString(CultureInfo.InvariantCulture));
            else if (parse.GetValue(json)) Json(device.Device, list, parse.GetValue(count), output);
            else Print(device.Device, list, output);
            return 0;
        });
        return command;
    }

    /// <summary>What is listed, what its number counts, and the strip it is drawn on.</summary>
    sealed record List(BigInteger Count, string Counts, int Units, string Unit, IEnumerable<(Layout Layout, IReadOnlyList<Drawn> Slices)> Layouts);

    sealed record Drawn(string Profile, int Start, int Units, IReadOnlyList<int> ComputeInstances)
    {
        public string Label => ComputeInstances.Count == 0 ? Profile : $"{Profile}({string.Join('+', ComputeInstances.Select(c => c.ToString(CultureInfo.InvariantCulture) + "c"))})";
    }

    static List Listing(Cuttable device, LayoutQuery query, bool placements)
    {
        if (device.Model is not { } model) return Listing(device, device.Partitioner!, query, placements);
        var space = new LayoutSpace(model);
        var fitter = new LayoutFitter(model);
        var counts = (query.Maximal ? "maximal " : "")
            + (placements ? "placed sets of GPU instances" : "multisets of GPU instances")
            + query.Splits switch { ComputeSplits.Full => " with every full cut into compute instances", ComputeSplits.Partial => " with every full or partial cut into compute instances", _ => "" }
            + (query.Containing is { } wanted ? $" that contain {wanted}" : "")
            + (query.Empty ? ", the uncut GPU included" : "");
        var layouts = placements
            ? space.Placed(query).Select(p => (p.Layout, Draw(p)))
            : space.Multisets(query).Select(l => (l, Draw(fitter.Fit(l).Placed!)));
        return new(placements ? space.CountPlaced(query) : space.CountMultisets(query), counts, model.MemoryUnits!.Value, "memory units", layouts);
    }

    static IReadOnlyList<Drawn> Draw(PlacedLayout placed) => [.. placed.Instances.Select(i => new Drawn(i.Profile.Name.ToString(), i.Start, i.Size, i.ComputeInstances))];

    /// <summary>Layouts of a device without MIG: multisets of core sets, each put before the device's own partitioner.</summary>
    static List Listing(Cuttable device, IPartitioner partitioner, LayoutQuery query, bool placements)
    {
        if (placements) throw new GeometryException($"{device.Device} does not tell layouts apart by place; leave --placements out.");
        if (query.Splits != ComputeSplits.One) throw new GeometryException($"{device.Device} has no compute instances; leave --ci out.");
        var (units, unit) = partitioner.Units;
        var sizes = ProfilesVerb.Sizes(partitioner).Select(s => s.Profile).OrderBy(p => p).ToArray();
        IEnumerable<(Layout, IReadOnlyList<Drawn>)> Layouts() => Multisets(sizes, 0, units, [], query)
            .Select(l => (Layout: l, Placement: partitioner.Place(l))).Where(l => l.Placement.Refusal is null)
            .Select(l => (l.Layout, (IReadOnlyList<Drawn>)[.. l.Placement.Slices.Select(s => new Drawn(s.Profile, s.Start, s.Units, []))]));
        var counts = $"{(query.Maximal ? "maximal " : "")}multisets of {unit}{(query.Containing is { } wanted ? $" that contain {wanted}" : "")}{(query.Empty ? ", the uncut device included" : "")}";
        var number = CountMultisets(sizes, units, query);
        return new(number <= Countable ? Layouts().Count() : number, counts, units, unit, Layouts());
    }

    /// <summary>Below this many each layout is put before the partitioner to be counted; above, only arithmetic can tell.</summary>
    const int Countable = 10_000;

    /// <summary>Ways to write each number of units up to all of them as a sum of sizes.</summary>
    internal static BigInteger CountMultisets(Profile[] sizes, int units, LayoutQuery query)
    {
        var free = units - (query.Containing?.Size ?? 0);
        if (free < 0) return 0;
        var ways = new BigInteger[free + 1];
        ways[0] = 1;
        foreach (var size in sizes)
        {
            for (var sum = size.Size; sum <= free; sum++) ways[sum] += ways[sum - size.Size];
        }
        if (query.Maximal) return ways[free];
        var all = ways.Aggregate(BigInteger.Zero, (sum, w) => sum + w);
        return query.Containing is null && !query.Empty ? all - 1 : all;
    }

    static IEnumerable<Layout> Multisets(Profile[] sizes, int from, int left, List<LayoutItem> items, LayoutQuery query)
    {
        var wanted = query.Containing is not { } profile || items.Exists(i => i.Profile == profile);
        if (wanted && (items.Count > 0 || query.Empty) && (!query.Maximal || !Array.Exists(sizes, s => s.Size <= left))) yield return new(items);
        for (var i = from; i < sizes.Length; i++)
        {
            if (sizes[i].Size > left) continue;
            items.Add(new(sizes[i]));
            foreach (var layout in Multisets(sizes, i, left - sizes[i].Size, items, query)) yield return layout;
            items.RemoveAt(items.Count - 1);
        }
    }

    static Profile? Profile(string? text, Cuttable device)
    {
        if (text is null) return null;
        if (!Layout.TryParse(text, out var layout, out var error)) throw new GeometryException(error.ToString());
        if (layout.Items is not [{ Start: null, ComputeInstances: [], Profile: var profile }]) throw new GeometryException($"--containing takes one profile without place or count, not '{layout}'.");
        if (device.Model is { } model && model.Find(profile) is null) throw new GeometryException($"{device.Device} has no profile {profile}; it has {string.Join(", ", model.Profiles.Select(p => p.Name))}.");
        return profile;
    }

    static void Print(string device, List list, TextWriter output)
    {
        output.WriteLine($"{device}: {list.Count.ToString(CultureInfo.InvariantCulture)} {list.Counts}, over {list.Units.ToString(CultureInfo.InvariantCulture)} {list.Unit}");
        output.WriteLine();
        var width = UnitStrip.Width(list.Units);
        foreach (var (layout, slices) in list.Layouts)
            output.WriteLine($"{UnitStrip.Draw(list.Units, slices.Select(s => (s.Start, s.Units, s.Label)), width)}  {layout}");
    }

    static void Json(string device, List list, bool countOnly, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("device", device);
            json.WritePropertyName("count");
            json.WriteRawValue(list.Count.ToString(CultureInfo.InvariantCulture));
            json.WriteString("counts", list.Counts);
            json.WriteNumber("units", list.Units);
            json.WriteString("unit", list.Unit);
            if (!countOnly) Layouts(json, list);
            json.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    static void Layouts(Utf8JsonWriter json, List list)
    {
        json.WriteStartArray("layouts");
        foreach (var (layout, slices) in list.Layouts)
        {
            json.WriteStartObject();
            json.WriteString("layout", layout.ToString());
            json.WriteStartArray("instances");
            foreach (var slice in slices)
            {
                json.WriteStartObject();
                json.WriteString("profile", slice.Profile);
                json.WriteNumber("start", slice.Start);
                json.WriteNumber("units", slice.Units);
                json.WriteStartArray("compute_instances");
                foreach (var part in slice.ComputeInstances) json.WriteNumberValue(part);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
