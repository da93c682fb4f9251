using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>The layouts of a sweep on one device, each once, with their places.</summary>
sealed class PlacedLayouts(Sweep sweep, IPartitioner partitioner)
{
    /// <summary>Layouts that one <c>generate</c> may give; each costs a cut.</summary>
    const int MostGenerated = 10_000;

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
        var any = false;
        foreach (var layout in generator.Generate(generated.What).Where(l => Has(l, generated.Containing)).Take(generated.Limit ?? MostGenerated))
        {
            any = true;
            if (placements.ContainsKey(layout)) continue;
            var placement = partitioner.Place(layout);
            if (placement.Refusal is { } refusal) Skips.Add(new($"layout {layout}", refusal, 0));
            else Add(layout, placement);
        }
        if (any) return;
        var containing = generated.Containing is { } profile ? $" with a slice of {profile}" : "";
        Errors.Add(new(sweep.File, generated.Place, $"partitioner {partitioner.Name} has no {generated.What} layout{containing} for this device."));
    }

    static bool Has(Layout layout, Profile? profile) => profile is null || layout.Items.Any(i => i.Profile == profile);

    void Add(Layout layout, Placement placement)
    {
        placements.Add(layout, placement);
        layouts.Add(layout);
    }
}
