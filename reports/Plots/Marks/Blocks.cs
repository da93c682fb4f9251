namespace GpuLab.Reports.Plots;

/// <summary>A rectangle of a diagram, in the units of the x axis and in rows of the y axis.</summary>
/// <param name="Series">None for what is left free.</param>
public readonly record struct Block(double Start, double Length, int Row, string Label, Series Series, string Tip);

/// <summary>Labelled rectangles: the slices of a device.</summary>
public sealed record Blocks(IReadOnlyList<Block> Items) : Mark(Series.None)
{
    public override IEnumerable<XY> Extent => [];

    public override IEnumerable<Datum> Data(Axis x, Axis y) =>
        Items.Select(b => new Datum(y.Text(b.Row), b.Label, FormattableString.Invariant($"{b.Start} … {b.Start + b.Length}"), "", b.Length));

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        var height = Math.Min(34, frame.Y.Step - 6);
        foreach (var b in Items)
        {
            double left = frame.X[b.Start], width = frame.X[b.Start + b.Length] - left, top = frame.Y[b.Row] - (height / 2);
            svg.Add($"<g class='hit block {(b.Series.Index < 0 ? "free" : b.Series.Classes)}' data-v='{SvgWriter.Exact(b.Length)}'");
            if (b.Series.Index >= 0) svg.Add($" data-key='{b.Series.Name}'");
            svg.Add($"><title>{b.Tip}</title><rect x='{left + 1.5}' y='{top}' width='{Math.Max(1, width - 3)}' height='{height}' rx='4'/>");
            var place = b.Label.LastIndexOf('@');
            var label = TextWidth.Of(b.Label) > width - 8 && place > 0 ? TextWidth.Clip(b.Label[place..], width - 4) : TextWidth.Clip(b.Label, width - 8);
            if (label.Length > 2 || label == b.Label || label.StartsWith('@')) svg.Add($"<text x='{left + (width / 2)}' y='{top + (height / 2) + 4}' text-anchor='middle'>{label}</text>");
            svg.Add($"</g>");
        }
    }
}
