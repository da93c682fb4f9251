using System.Globalization;
using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Reports.Comparison;

/// <summary>
/// What layouts and slices of one run are called when runs are compared. On one kind of device these are the names in its files. Across kinds a MIG slice is its
/// compute slices and its share of the memory, so that <c>1g.10gb</c> of an 80 GB GPU meets <c>1g.18gb</c> of a 141 GB one: both are <c>1g 1/8</c>.
/// </summary>
sealed class Shapes
{
    readonly Dictionary<(string Layout, string Slice), string> slices = [];
    readonly Dictionary<string, string> layouts = [];

    /// <param name="byShape">Whether the runs compared are of different devices.</param>
    public Shapes(PlanDocument plan, bool byShape)
    {
        foreach (var layout in plan.Layouts.DistinctBy(l => l.Layout))
        {
            var named = layout.Slices.OrderBy(s => s.Start).Select(s => (s.Name, Shape: byShape ? Shape(s, plan) : s.Profile)).ToList();
            foreach (var equals in named.GroupBy(s => s.Shape))
            {
                foreach (var (i, slice) in equals.Index())
                    slices[(layout.Layout, slice.Name)] = equals.Count() == 1 ? slice.Shape : string.Create(CultureInfo.InvariantCulture, $"{slice.Shape} #{i + 1}");
            }
            layouts[layout.Layout] = byShape ? Joined(named.Select(s => s.Shape)) : layout.Layout;
        }
    }

    public string Layout(string layout) => layouts.GetValueOrDefault(layout, layout);

    public string Slice(string layout, string slice) => slices.GetValueOrDefault((layout, slice), slice);

    static string Shape(SliceDocument slice, PlanDocument plan) =>
        GpuLab.Model.Layout.TryParse(slice.Profile, null, out var layout) && layout.Items is [{ Profile: { Kind: ProfileKind.Mig } profile }]
            ? string.Create(CultureInfo.InvariantCulture, $"{profile.Size}g{profile.Attribute} {slice.Units}/{plan.Units}")
            : slice.Profile;

    static string Joined(IEnumerable<string> shapes) => string.Join(" + ", shapes.GroupBy(s => s).OrderByDescending(g => g.Key, StringComparer.Ordinal)
        .Select(g => g.Count() == 1 ? g.Key : string.Create(CultureInfo.InvariantCulture, $"{g.Count()} × {g.Key}")));
}
