namespace GpuLab.Reports.Plots;

/// <summary>For tails: 0, 90, 99, 99.9 % at equal distances. Values are fractions below one.</summary>
/// <param name="Nines">How many nines the far end has.</param>
public sealed record Percentile(string Title, int Nines = 3) : Axis(Title, "%")
{
    public override string Text(double value) => FormattableString.Invariant($"{value * 100:0.######} %");

    public override Scale Fit(double low, double high, Track track)
    {
        double Map(double p) => -Math.Log10(Math.Max(1 - p, Math.Pow(10, -Nines))) / Nines;
        List<Tick> all = [new(0, "0 %"), new(0.5, "50 %"), .. Enumerable.Range(1, Nines).Select(n => 1 - Math.Pow(10, -n)).Select(p => new Tick(p, Text(p)))];
        return new(this, "percentile", Title, 0, Nines, track, Ticks.Choose([all, [.. all.Where(t => t.Value != 0.5)]], track, Map), Map);
    }
}
