using System.Globalization;
using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Tests.Sweeps;

/// <summary>A device of some cores that exists only to be planned for.</summary>
sealed class CoreDevice(int cores, bool generates = true) : IDevice
{
    public DeviceId Id => DeviceId.Host;

    public DeviceFacts Facts { get; } = new(DeviceKind.Host, "test host", 1L << 34, new Dictionary<string, string>());

    public IReadOnlyList<IPartitioner> Partitioners { get; } = generates ? [new CorePartitioner(cores)] : [new PlainPartitioner(cores)];

    public ITelemetry Telemetry => throw new NotSupportedException("planning reads no telemetry");
}

class PlainPartitioner(int cores) : IPartitioner
{
    public string Name => "cores";

    public (int Count, string Name) Units => (cores, "cores");

    public Placement Place(Layout layout)
    {
        if (layout.IsWhole) return new([Slice(0, "whole", "whole", 0, cores)]);
        if (layout.Items.Any(i => i.Profile.Kind != ProfileKind.Cores)) return Placement.Refused("only core sets such as 2c.");
        if (layout.Items.Sum(i => i.Profile.Size) > cores) return Placement.Refused($"there are {cores} cores.");
        var slices = new List<Slice>();
        foreach (var item in layout.Items)
        {
            var start = slices.Sum(s => s.Units);
            slices.Add(Slice(slices.Count, string.Create(CultureInfo.InvariantCulture, $"{item.Profile}@{start}"), item.Profile.ToString(), start, item.Profile.Size));
        }
        return new(slices);
    }

    public ValueTask<Partition> Apply(Layout layout, CancellationToken cancel) => throw new NotSupportedException("planning cuts nothing");

    static Slice Slice(int index, string name, string profile, int start, int units) =>
        new(index, name, profile, start, units, [.. Enumerable.Range(start, units)], new Dictionary<string, string>());
}

sealed class CorePartitioner(int cores) : PlainPartitioner(cores), ILayoutGenerator
{
    readonly int cores = cores;

    public IEnumerable<Layout> Generate(string family) => UnitLayouts.Generate(family, ProfileKind.Cores, cores);
}
