namespace GpuLab.Reports.Plots;

/// <summary>A plot fitted to a width: where the axes stand and what is left for the marks.</summary>
sealed class PlotLayout
{
    const double LabelSlope = 40, LongestSlope = 130;

    /// <summary>Room for a name over its band, where names beside the bands would take too much of the width.</summary>
    const double NameOver = 15;
    readonly Plot plot;
    readonly Legend legend;
    readonly bool direct;
    readonly bool slopedNames;
    readonly double width, top;
    readonly Scale x, y;
    readonly Box box;

    /// <param name="legend">Whether this plot draws its own legend.</param>
    /// <param name="extent">Of several plots that share their axes; null for the plot's own.</param>
    public PlotLayout(Plot plot, double width, bool legend, (XY Low, XY High)? extent)
    {
        (this.plot, this.width) = (plot, width);
        var (low, high) = extent ?? ExtentOf(plot.Marks);
        var keys = legend ? Legend.Keys(plot.Marks) : [];
        direct = plot.DirectLabels && width > 480 && keys.Count is > 0 and <= 10;
        this.legend = new(direct || keys.Count < 2 ? [] : keys, width - 8);
        top = (plot.Simulated ? 18 : 2) + this.legend.Height;

        List<double> rows = [.. plot.Y is Band bands ? bands.Names.Select(n => TextWidth.Of(n)) : []];
        var names = width * (width > 480 ? 0.44 : 0.36);
        var over = rows.Count > 0 && rows.Max() > names;
        var body = rows.Count > 0 ? Math.Max(rows.Count * (RowHeight(plot) + (over ? NameOver : 0)), 30) : Math.Max(width * plot.Aspect, Math.Min(width * 0.72, plot.Aspect < 0.3 ? 150 : 240));
        var box = new Box(0, top + (plot.Y is Band or Hidden ? (plot.Marks.Any(m => m is Window) ? 24 : 8) : 26), 0, 0);
        box = box with { Bottom = box.Top + body };

        Scale FitY() => plot.Y is Band or Hidden ? plot.Y.Fit(low.Y, high.Y, new(box.Top, box.Bottom, true)) : plot.Y.Fit(low.Y, high.Y, new(box.Bottom, box.Top, true));
        y = over ? FitY().WithNamesOver(NameOver) : FitY();
        var left = plot.Y is Hidden ? 6 : over ? Math.Max(6, FirstSlope(width)) : 12 + Math.Min(y.Ticks.Select(t => TextWidth.Of(t.Label)).DefaultIfEmpty(0).Max(), names);
        var right = direct ? 16 + Math.Min(keys.Max(k => TextWidth.Of(k.Series.Name)), width * 0.3) : 16;
        this.box = box with { Left = left, Right = width - right };
        x = plot.X.Fit(low.X, high.X, new(this.box.Left, this.box.Right, false));
        slopedNames = plot.X is Band && x.Ticks.Any(t => TextWidth.Of(t.Label) > x.Step - 6);
        Height = box.Bottom + BottomHeight();
    }

    public double Height { get; }

    public static (XY Low, XY High) ExtentOf(IEnumerable<Mark> marks)
    {
        var all = marks.SelectMany(m => m.Extent).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToList();
        return all.Count == 0 ? (new(0, 0), new(1, 1)) : (new(all.Min(p => p.X), all.Min(p => p.Y)), new(all.Max(p => p.X), all.Max(p => p.Y)));
    }

    static double RowHeight(Plot plot) => plot.Marks.OfType<Cells>().Any() ? 34 : plot.Marks.OfType<Blocks>().Any() ? 42 : plot.Marks.OfType<Strips>().Any() ? 30 : 26;

    double BottomHeight() => x.Axis switch
    {
        Hidden => 8,
        Band when slopedNames => SlopedHeight() + (x.Title.Length > 0 ? 26 : 10),
        _ => x.Title.Length > 0 ? 44 : 26,
    };

    /// <summary>Pixels that the first of sloping names needs left of the axes.</summary>
    double FirstSlope(double width)
    {
        if (plot.X is not Band { Names: [var first, ..] names }) return 0;
        var step = (width - 22) / names.Count;
        return names.All(n => TextWidth.Of(n) <= step - 6) ? 0 : Math.Min((Math.Min(TextWidth.Of(first), LongestSlope) * Math.Cos(LabelSlope * Math.PI / 180)) - (step / 2), width * 0.2);
    }

    double SlopedHeight() => 12 + (Math.Min(x.Ticks.Max(t => TextWidth.Of(t.Label)), LongestSlope) * Math.Sin(LabelSlope * Math.PI / 180));

    /// <summary>Draws everything but the svg element itself.</summary>
    public void Draw(SvgWriter svg, string id, bool values)
    {
        legend.Draw(svg, 4, plot.Simulated ? 18 : 2);
        svg.Add($"<g class='panel' data-x='{x.Meta}' data-y='{y.Meta}' data-box='{box.Left} {box.Top} {box.Right} {box.Bottom}'>");
        Axes(svg);
        svg.Add($"<clipPath id='{id}c'><rect x='{box.Left - 6}' y='{box.Top - 6}' width='{box.Width + 12}' height='{box.Height + 12}'/></clipPath><g clip-path='url(#{id}c)'><g class='marks'>");
        var bars = plot.Marks.OfType<Bars>().Where(b => b.Base is null).Cast<Mark>().ToList();
        var frames = plot.Marks.Select(m => new Frame(x, y, box, id, values, Math.Max(0, bars.IndexOf(m)), Math.Max(1, bars.Count))).ToList();
        foreach (var (i, mark) in plot.Marks.Index())
        {
            svg.Add($"<g class='{mark.Series.Classes}'");
            if (mark.Series.Name.Length > 0) svg.Add($" data-key='{mark.Series.Name}'");
            svg.Add($">");
            mark.Draw(svg, frames[i]);
            svg.Add($"</g>");
        }
        svg.Add($"</g></g>");
        var placer = new NotePlacer(box, [.. plot.Marks.Zip(frames).SelectMany(m => m.First.Ink(m.Second))]);
        foreach (var dot in plot.Marks.Zip(frames).Where(m => m.First is Dots).SelectMany(m => m.First.Ink(m.Second))) placer.Take(new(dot.X - 5, dot.Y - 5, dot.X + 5, dot.Y + 5));
        if (y.NameRoom > 0) foreach (var t in y.Ticks) placer.Take(NameBox(t));
        if (y.Title.Length > 0) placer.Take(new(0, box.Top - 24, 4 + TextWidth.Of(y.Title), box.Top - 8));
        svg.Add($"<g class='notes'>");
        placer.Write(svg, plot.Marks.Zip(frames).SelectMany(m => m.First.Notes(m.Second)));
        if (direct) EndLabels.Write(svg, plot.Marks, x, y, box, width);
        svg.Add($"</g></g>");
    }

    void Axes(SvgWriter svg)
    {
        svg.Add($"<g class='axis y'>");
        foreach (var t in y.Ticks)
        {
            var at = y[t.Value];
            if (y.Axis is not Band) svg.Add($"<path class='grid' d='M{box.Left} {at}L{box.Right} {at}'/>");
            var over = y.NameRoom > 0 ? NameBox(t) : default(Box?);
            var text = TextWidth.Clip(t.Label, over?.Width ?? box.Left - 8);
            if (over is { } place) svg.Add($"<text x='{place.Left}' y='{place.Bottom - 3}'>{text}");
            else svg.Add($"<text x='{box.Left - 8}' y='{at + 4}' text-anchor='end'>{text}");
            if (text != t.Label) svg.Add($"<title>{t.Label}</title>");
            svg.Add($"</text>");
        }
        svg.Add($"</g>");
        if (y.Title.Length > 0 && y.Axis is not Band) svg.Add($"<text class='name' x='4' y='{box.Top - 12}'>{TextWidth.Clip(y.Title, width - 8)}</text>");
        svg.Add($"<g class='axis x'>");
        foreach (var t in x.Ticks)
        {
            var at = x[t.Value];
            if (x.Axis is not Band) svg.Add($"<path class='grid' d='M{at} {box.Top}L{at} {box.Bottom}'/><path class='tick' d='M{at} {box.Bottom}L{at} {box.Bottom + 4}'/>");
            if (slopedNames) svg.Add($"<text transform='translate({at + 4} {box.Bottom + 12}) rotate({-LabelSlope})' text-anchor='end'>{TextWidth.Clip(t.Label, Math.Min(LongestSlope, (at + 2) / Math.Cos(LabelSlope * Math.PI / 180)))}</text>");
        }
        if (!slopedNames) foreach (var (label, at) in Level()) svg.Add($"<text x='{at}' y='{box.Bottom + 17}' text-anchor='middle'>{label}</text>");
        svg.Add($"</g>");
        if (x.Axis is not Hidden) svg.Add($"<path class='base' d='M{box.Left} {box.Bottom}L{box.Right} {box.Bottom}'/>");
        if (x.Title.Length > 0) svg.Add($"<text class='name' x='{(box.Left + box.Right) / 2}' y='{Height - 8}' text-anchor='middle'>{TextWidth.Clip(x.Title, box.Width)}</text>");
    }

    /// <summary>Where the name of a band lies that stands over it.</summary>
    Box NameBox(Tick t)
    {
        var top = box.Top + (t.Value * y.Pitch);
        return new(box.Left, top, Math.Min(box.Right, box.Left + TextWidth.Of(t.Label)), top + NameOver);
    }

    /// <summary>
    /// Labels of the x axis at the middles of their texts. One that would leave the drawing is moved inside, and takes the
    /// place of its neighbour where both have none.
    /// </summary>
    List<(string Text, double At)> Level()
    {
        const double apart = 5;
        var labels = x.Ticks.Select(t => (t.Label, At: Inside(t.Label, x[t.Value]))).ToList();
        double Gap(int left) => labels[left + 1].At - labels[left].At - ((TextWidth.Of(labels[left].Label) + TextWidth.Of(labels[left + 1].Label)) / 2);
        if (labels.Count > 2 && Gap(labels.Count - 2) < apart) labels.RemoveAt(labels.Count - 2);
        if (labels.Count > 2 && Gap(0) < apart) labels.RemoveAt(1);
        if (labels.Count == 2 && Gap(0) < apart) labels.RemoveAt(0);
        return labels;
    }

    double Inside(string label, double at) => TextWidth.Of(label) / 2 is var half && half * 2 + 2 < width ? Math.Clamp(at, half + 1, width - half - 1) : at;
}
