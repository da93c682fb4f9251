namespace GpuLab.Probes.Sim;

/// <summary>How much longer work takes because others want the same at the same time.</summary>
static class Contention
{
    /// <summary>One taker of a shared resource.</summary>
    /// <param name="Weight">In sharing; 1 unless the link is unfair.</param>
    public readonly record struct Taker(double Wanted, double Weight);

    /// <summary>Max-min fair sharing, by weight: nobody gets more than wanted, and what is left over goes to those who want more.</summary>
    /// <returns>Wanted ÷ granted of the first taker, at least 1.</returns>
    public static double Shared(Taker own, IReadOnlyList<Taker> others, double capacity)
    {
        if (own.Wanted <= 0) return 1;
        List<Taker> open = [own, .. others.Where(o => o.Wanted > 0)];
        while (true)
        {
            var level = capacity / open.Sum(t => t.Weight);
            if (own.Wanted <= level * own.Weight) return 1;
            var content = open.FindIndex(t => t.Wanted <= level * t.Weight);
            if (content < 0) return own.Wanted / (level * own.Weight);
            capacity -= open[content].Wanted;
            open.RemoveAt(content);
        }
    }

    /// <summary>The clock goes down for all until the draw fits; alone it has done so already.</summary>
    public static double Power(double own, double all) => own <= 0 ? 1 : Math.Max(1, all) / Math.Max(1, own);
}
