using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Geometry;

/// <summary>The fewest items of a layout that cannot stand together, and why.</summary>
/// <param name="fitter">Decides; each item alone is possible.</param>
sealed class SmallestConflict(LayoutFitter fitter)
{
    /// <summary>Beyond so many sets tried, an irreducible set is given instead of a smallest one.</summary>
    const int Patience = 20_000;

    int tried;

    public IReadOnlyList<LayoutItem> In(IReadOnlyList<LayoutItem> items)
    {
        var most = fitter.Model.MemoryUnits!.Value + 1;
        var kinds = items.GroupBy(i => i).Select(g => (Item: g.Key, Count: Math.Min(g.Count(), most))).ToArray();
        var chosen = new List<LayoutItem>();
        for (var size = 2; size <= Math.Min(items.Count, most) && tried < Patience; size++)
        {
            if (Choose(kinds, 0, size, chosen)) return chosen;
        }
        return Irreducible(kinds);
    }

    bool Choose((LayoutItem Item, int Count)[] kinds, int from, int left, List<LayoutItem> chosen)
    {
        if (left == 0) return ++tried <= Patience && !fitter.Fits(chosen);
        if (from == kinds.Length || tried > Patience) return false;
        for (var take = Math.Min(left, kinds[from].Count); take >= 0; take--)
        {
            chosen.AddRange(Enumerable.Repeat(kinds[from].Item, take));
            if (Choose(kinds, from + 1, left - take, chosen)) return true;
            chosen.RemoveRange(chosen.Count - take, take);
        }
        return false;
    }

    /// <summary>Leaves out whatever can be left out while the rest is still impossible.</summary>
    List<LayoutItem> Irreducible((LayoutItem Item, int Count)[] kinds)
    {
        var rest = kinds.SelectMany(k => Enumerable.Repeat(k.Item, k.Count)).ToList();
        for (var i = rest.Count - 1; i >= 0; i--)
        {
            var item = rest[i];
            rest.RemoveAt(i);
            if (fitter.Fits(rest)) rest.Insert(i, item);
        }
        return rest;
    }

    public static string Reason(GpuModel model, IReadOnlyList<LayoutItem> conflict)
    {
        var together = conflict.Count == 1 ? conflict[0].ToString() : $"{Refusal.Short(new Layout(conflict).ToString())} cannot stand together";
        var profiles = conflict.Select(i => model.Find(i.Profile)!).ToArray();
        var units = profiles.Sum(p => p.Places!.Size);
        var tooLong = units > model.MemoryUnits ? string.Create(CultureInfo.InvariantCulture, $"they need {units} memory units of {model.MemoryUnits}") : null;
        if ((LayoutRules.Together(model, profiles), tooLong) is not (null, null) and var (rule, length)) return $"{together}: {string.Join(" and ", new[] { rule, length }.OfType<string>())}";
        if (conflict.All(i => i.Start is not null)) return $"{together}: their places overlap";
        var grids = profiles.Distinct().Select(p => $"{p.Name} at {string.Join(' ', p.Places!.Starts.Select(s => s.ToString(CultureInfo.InvariantCulture)))}");
        return $"{together}: whichever of their places they take, they overlap ({string.Join("; ", grids)})";
    }
}
