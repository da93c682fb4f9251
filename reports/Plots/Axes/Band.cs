namespace GpuLab.Reports.Plots;

/// <summary>Equal room for each name; values are positions 0, 1, 2 …</summary>
public sealed record Band(string Title, params IReadOnlyList<string> Names) : Axis(Title, "")
{
    public override string Text(double value) => Names[Math.Clamp((int)Math.Round(value), 0, Names.Count - 1)];

    public override Scale Fit(double low, double high, Track track) =>
        new(this, "band", Title, 0, Names.Count, track, [.. Names.Select((n, i) => new Tick(i, n))], i => (i + 0.5) / Math.Max(1, Names.Count));
}

/// <summary>Neither ticks nor a line: for diagrams.</summary>
public sealed record Hidden(double Min, double Max) : Axis("", "")
{
    public override string Text(double value) => Model.Pretty.Digits(value);

    public override Scale Fit(double low, double high, Track track) => new(this, "hidden", "", Min, Max, track, [], v => (v - Min) / (Max - Min));
}
