using GpuLab.Model;

namespace GpuLab.Geometry;

/// <summary>Legal layouts that differ least from an impossible one.</summary>
/// <remarks>
/// One change adds, removes or exchanges one GPU instance. Among equally near ones the nearest in compute slices come first.
/// A profile of another GPU counts as this GPU's profile of the same size and media.
/// </remarks>
sealed class NearestLayouts(GpuModel model)
{
    /// <summary>All layouts of every known GPU are fewer; a contrived file may have any number.</summary>
    const int Considered = 20_000, Shown = 3;

    readonly Dictionary<Profile, int> columns = model.Placeable.Select((p, i) => (p.Name, i)).ToDictionary();
    readonly List<(Layout Layout, int[] Counts, int Slices)> legal = [];

    public IReadOnlyList<Layout> To(Layout asked)
    {
        Fill();
        var wanted = asked.Items.Take(Layout.MaxItems).Select(Translated).OfType<LayoutItem>().ToArray();
        var counts = Counts(wanted);
        var slices = wanted.Sum(i => i.Profile.Size);
        var fitter = new LayoutFitter(model);
        return [.. legal.OrderBy(l => Changes(l.Counts, counts)).ThenBy(l => Math.Abs(l.Slices - slices))
            .Take(Shown).Select(l => Dressed(l.Layout, wanted, fitter))];
    }

    void Fill()
    {
        lock (legal)
        {
            if (legal.Count > 0) return;
            foreach (var layout in new LayoutSpace(model).Multisets(new()).Take(Considered))
                legal.Add((layout, Counts(layout.Items), layout.Items.Sum(i => i.Profile.Size)));
        }
    }

    LayoutItem? Translated(LayoutItem item)
    {
        if (columns.ContainsKey(item.Profile)) return item;
        var same = model.Placeable.FirstOrDefault(p => p.ComputeSlices == item.Profile.Size && p.Name.Attribute == item.Profile.Attribute)
            ?? model.Placeable.FirstOrDefault(p => p.ComputeSlices == item.Profile.Size);
        return same is null ? null : new(same.Name, item.Start, item.ComputeInstances);
    }

    int[] Counts(IEnumerable<LayoutItem> items)
    {
        var counts = new int[columns.Count];
        foreach (var item in items) counts[columns[item.Profile]]++;
        return counts;
    }

    static int Changes(int[] a, int[] b)
    {
        var (more, fewer) = (0, 0);
        for (var i = 0; i < a.Length; i++)
        {
            var by = a[i] - b[i];
            if (by > 0) more += by;
            else fewer -= by;
        }
        return Math.Max(more, fewer);
    }

    /// <summary>Gives the surviving items back what was asked of them, places and compute instances, as far as that is possible.</summary>
    static Layout Dressed(Layout bare, LayoutItem[] wanted, LayoutFitter fitter)
    {
        var left = wanted.ToList();
        var items = bare.Items.ToArray();
        for (var i = 0; i < items.Length; i++)
        {
            var like = left.FindIndex(w => w.Profile == items[i].Profile);
            if (like < 0) continue;
            var (plain, asked) = (items[i], left[like]);
            left.RemoveAt(like);
            foreach (var attempt in (ReadOnlySpan<LayoutItem>)[asked, new(plain.Profile, null, asked.ComputeInstances), new(plain.Profile, asked.Start)])
            {
                items[i] = attempt;
                if (fitter.Fits([.. items.Order()])) break;
                items[i] = plain;
            }
        }
        return new(items);
    }
}
