namespace GpuLab.Reports.Plots;

/// <summary>Equal distances for equal ratios. Each tick carries its own unit: <c>32 KiB</c>, <c>100 ns</c>.</summary>
/// <param name="Base">2 or 10: where ticks stand.</param>
public sealed record Log(string Title, string Unit, int Base = 10, double? Min = null, double? Max = null) : Axis(Title, Unit)
{
    /// <summary>Steps in powers that keep familiar labels: 64 KiB, 1 MiB, 16 MiB; then whole prefixes.</summary>
    static readonly int[] BinarySteps = [1, 2, 4, 5, 6, 8, 10, 20, 40], DecimalSteps = [1, 2, 3, 6, 9, 12, 24];

    public override Scale Fit(double low, double high, Track track)
    {
        if (!(low > 1e-250)) low = high > 1e-250 ? high / 1000 : 1;
        if (!(high > low)) (low, high) = (low / 2, low * 2);
        var air = Math.Pow(high / low, 0.03);
        (low, high) = (Min ?? low / (track.Vertical ? air : 1), Max ?? high * (track.Vertical ? air : 1));
        double Map(double v) => Math.Log(Math.Max(v, double.Epsilon) / low) / Math.Log(high / low);
        return new(this, "log", Title, low, high, track, Ticks.Choose(Candidates(low, high), track, Map), Map);
    }

    IEnumerable<IReadOnlyList<Tick>> Candidates(double low, double high)
    {
        double first = Math.Log(low, Base), last = Math.Log(high, Base);
        if (last - first < (Base == 2 ? 2 : 0.8))
        {
            for (var count = 8; count > 0; count--) yield return Ticks.Multiples(low, high, Ticks.NiceStep(high - low, count), v => Ticks.Short(v, Unit));
            yield break;
        }
        if (Base == 10 && last - first < 2.99)
        {
            yield return Powers(first, last, 1, [1, 2, 5]);
            yield return Powers(first, last, 1, [1, 3]);
        }
        foreach (var every in Base == 2 ? BinarySteps : DecimalSteps) yield return Powers(first, last, every, [1]);
    }

    List<Tick> Powers(double first, double last, int every, double[] times)
    {
        var ticks = new List<Tick>();
        for (var power = (int)Math.Floor(first / every) * every; power <= last + 1e-9; power += every)
        {
            foreach (var t in times)
            {
                var at = power + Math.Log(t, Base);
                if (at >= first - 1e-9 && at <= last + 1e-9) ticks.Add(new(t * Math.Pow(Base, power), Ticks.Short(t * Math.Pow(Base, power), Unit)));
            }
        }
        return ticks;
    }
}
