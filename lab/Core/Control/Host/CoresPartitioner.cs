using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Control.Host;

/// <summary>
/// Cuts the host into sets of physical cores. A slice is a run of cores; it uses the first allowed hardware thread of each
/// and leaves the siblings idle. Nothing is changed on the machine: workers pin themselves.
/// </summary>
public sealed class CoresPartitioner(HostTopology topology) : IPartitioner, ILayoutGenerator
{
    static readonly IReadOnlyDictionary<string, string> NoVariables = new Dictionary<string, string>();

    public string Name => "cores";

    public (int Count, string Name) Units => (topology.Cores.Count, "cores");

    public Placement Place(Layout layout)
    {
        if (layout.IsWhole) return new([Made(0, "whole", "whole", 0, topology.Cores.Count)]);
        if (CoreRefusals.For(layout, topology) is { } reason) return Placement.Refused(reason);
        if (new CorePlacer(topology.Cores, layout.Items).Starts() is not { } starts) return Placement.Refused(CoreRefusals.Fragmented(layout, topology.Cores.Count));
        return new([.. layout.Items.Zip(starts).OrderBy(s => s.First.Profile).ThenBy(s => s.Second).Select((s, index) =>
            Made(index, string.Create(CultureInfo.InvariantCulture, $"{s.First.Profile}@{s.Second}"), s.First.Profile.ToString(), s.Second, s.First.Profile.Size))]);
    }

    public IEnumerable<Layout> Generate(string family) => UnitLayouts.Generate(family, ProfileKind.Cores, topology.Cores.Count);

    public ValueTask<Partition> Apply(Layout layout, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var placement = Place(layout);
        if (placement.Refusal is { } reason) throw new PartitionException(reason);
        return ValueTask.FromResult<Partition>(new AddressedPartition(layout, placement.Slices));
    }

    Slice Made(int index, string name, string profile, int start, int count) =>
        new(index, name, profile, start, count, [.. topology.Cores.Skip(start).Take(count).Select(c => c.Threads[0])], NoVariables);
}
