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
            new Xoshiro(Derived(seed, layout.ToString(), repeat)).Shuffle(block);
        }
        return trials;
    }

    static ulong Derived(ulong seed, string layout, int repeat)
    {
        var state = seed;
        var mixed = Xoshiro.SplitMix(ref state);
        foreach (var c in layout)
        {
            state = mixed ^ c;
            mixed = Xoshiro.SplitMix(ref state);
        }
        state = mixed ^ (ulong)repeat;
        return Xoshiro.SplitMix(ref state);
    }
}
