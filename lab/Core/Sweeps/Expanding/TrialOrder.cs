using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>
/// The order of trials under one layout: repeat by repeat, the cells of each shuffled anew, so that a drifting device
/// is not mistaken for a difference between cells. Depends on the seed and the layout alone.
/// </summary>
static class TrialOrder
{
    public static Trial[] Of(Layout layout, IReadOnlyList<Cell> cells, int repeats, ulong seed)
    {
        var trials = new Trial[cells.Count * repeats];
        for (var repeat = 1; repeat <= repeats; repeat++)
        {
            var block = trials.AsSpan((repeat - 1) * cells.Count, cells.Count);
            for (var i = 0; i < block.Length; i++) block[i] = new(cells[i], repeat);
            new SplitMix(Derived(seed, layout.ToString(), repeat)).Shuffle(block);
        }
        return trials;
    }

    /// <summary>Folds the layout and the repeat into the seed, one well-mixed step each.</summary>
    static ulong Derived(ulong seed, string layout, int repeat)
    {
        var mixed = new SplitMix(seed).Next();
        foreach (var c in layout) mixed = new SplitMix(mixed ^ c).Next();
        return new SplitMix(mixed ^ (ulong)repeat).Next();
    }
}
