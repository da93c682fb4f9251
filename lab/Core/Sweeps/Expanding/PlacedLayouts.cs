using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>The layouts of a sweep on one device, each once, with their places.</summary>
sealed class PlacedLayouts(Sweep sweep, IPartitioner partitioner)
{
    /// <summary>Layouts that one <c>generate</c> may give; each costs a cut.</summary>
    const int MostGenerated = 10_000;

    /// <summary>Layouts that are looked at: a device of many units has more than any search could end with.</summary>
    const int MostTried = 50_000;

    readonly Dictionary<Layout, Placement> placements = [];
    readonly List<Layout> layouts = [];

    public IReadOnlyList<Layout> Layouts => layouts;

    public IReadOnlyDictionary<Layout, Placement> Placements => placements;

    public List<SweepError> Errors { get; } = [];

    public List<Skip> Skips { get; } = [];

    public void PlaceAll()
    {
        foreach (var choice in sweep.Layouts)
        {
            if (choice is LayoutChoice.Written written) Place(written);
            else if (choice is LayoutChoice.Generated generated) Place(generated);
        }
    }

    void Place(LayoutChoice.Written written)
    {
        if (placements.ContainsKey(written.Layout)) return;
        var placement = partitioner.Place(written.Layout);
        if (placement.Refusal is { } refusal) Errors.Add(new(sweep.File, written.Place, $"layout {written.Layout}: {refusal}"));
        else Add(written.Layout, placement);
    }

    void Place(LayoutChoice.Generated generated)
    {
        if (partitioner is not ILayoutGenerator generator)
        {
            Errors.Add(new(sweep.File, generated.Place, $"partitioner {partitioner.Name} cannot generate layouts: write them out."));
            return;
        }
        var (tried, taken, most) = (0, 0, generated.Limit ?? MostGenerated);
        foreach (var layout in generator.Generate(generated.What))
        {
            if (taken == most || tried++ == MostTried) break;
            if (!Has(layout, generated.Containing)) continue;
            taken++;
            Add(layout);
        }
        if (taken == 0) Errors.Add(new(sweep.File, generated.Place, None(generated)));
        else if (taken < most && tried > MostTried) Skips.Add(new($"generate {generated.What}", $"only the first {MostTried} layouts were looked at", 0));
        else if (taken == most && generated.Limit is null) Skips.Add(new($"generate {generated.What}", $"only the first {MostGenerated} layouts are taken", 0));
    }

    /// <summary>A generated layout: refused, it is left out; it was not asked for by name.</summary>
    void Add(Layout layout)
    {
        if (placements.ContainsKey(layout)) return;
        var placement = partitioner.Place(layout);
        if (placement.Refusal is { } refusal) Skips.Add(new($"layout {layout}", refusal, 0));
        else Add(layout, placement);
    }

    string None(LayoutChoice.Generated generated)
    {
        var containing = generated.Containing is { } profile ? $" with a slice of {profile}" : "";
        return $"partitioner {partitioner.Name} has no {generated.What} layout{containing} for this device.";
    }

    static bool Has(Layout layout, Profile? profile) => profile is null || layout.Items.Any(i => i.Profile == profile);

    void Add(Layout layout, Placement placement)
    {
        placements.Add(layout, placement);
        layouts.Add(layout);
    }
}
