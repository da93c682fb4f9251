using System.Globalization;
using System.Text;
using GpuLab.Reports.Plots;

namespace GpuLab.BrowserTests;

/// <summary>Plots as reports draw them, of values that fall as they may: where labels lie follows from the data, so a few pages prove little.</summary>
static class RandomPlots
{
    static readonly string[] Units = ["B/s", "s", "FLOP/s", "W", "°C", "%", "1", "B", "Hz", "token/s"];

    public static string Page(int count, int seed)
    {
        var random = new Random(seed);
        var page = new StringBuilder($"<!doctype html><meta charset=utf-8><title>plots</title><style>{Theme.PageCss}body{{margin:0}}.narrow{{display:none}}.wide{{width:740px}}@media(max-width:560px){{.wide{{display:none}}.narrow{{display:block;width:360px}}}}</style>");
        for (var i = 0; i < count; i++)
        {
            var plot = Next(random, i);
            page.Append(CultureInfo.InvariantCulture, $"<figure><div class=wide>{plot.Svg(740, $"w{i}")}</div><div class=narrow>{plot.Svg(360, $"n{i}", values: false)}</div></figure>");
        }
        return page.ToString();
    }

    static IDrawing Next(Random random, int number)
    {
        var title = string.Create(CultureInfo.InvariantCulture, $"plot {number}");
        var slices = Slices(random);
        return random.Next(9) switch
        {
            0 => Course(random, title, slices) with { Aspect = 0.2 },
            1 => Course(random, title, slices) with { DirectLabels = true },
            2 or 3 => Curve(random, title, slices),
            4 => Rows(random, title, slices),
            5 => Roofline(random, title),
            6 => Timeline(random, title, slices),
            7 => Matrix(random, title, slices),
            _ => new Multiples(title, [.. Enumerable.Range(0, random.Next(2, 7)).Select(i => Curve(random, $"layout {i} {slices[0].Name}", slices))]),
        };
    }

    static List<Series> Slices(Random random)
    {
        var layout = random.Next(3) switch { 0 => "", 1 => " of 2x1c", _ => " of 3g.71gb+2x2g.35gb" };
        return [.. Enumerable.Range(0, random.Next(1, 8)).Select(i => new Series(i, $"{(random.Next(2) == 0 ? "1c" : "1g.18gb")}@{i}{layout}"))];
    }

    static double Magnitude(Random random, double low, double high) => Math.Pow(10, low + (random.NextDouble() * (high - low)));

    static (Axis Axis, Func<double> Value) Values(Random random, string name, bool log)
    {
        var unit = Units[random.Next(Units.Length)];
        var scale = unit is "%" or "1" ? Magnitude(random, -2, 0.3) : unit == "s" ? Magnitude(random, -9, 2) : Magnitude(random, 0, 13);
        var spread = Magnitude(random, -3, log ? 4 : 0.5);
        return (log ? new Log(name, unit, unit == "B" ? 2 : 10) : new Linear(name, unit, random.Next(2) == 0 ? 0 : null), () => scale * (1 + (spread * random.NextDouble())));
    }

    static Plot Course(Random random, string title, List<Series> slices)
    {
        var ((axis, value), end) = (Values(random, "some figure", false), Magnitude(random, -3, 4));
        return new(title, new Linear("time", "s", 0, end), axis, [.. slices.Select(s => (Mark)new Line(s, [.. Enumerable.Range(0, 20).Select(i => new XY(end * i / 20, value()))])), new Rule("limit", new(0, value()), new(end, value()))]);
    }

    static Plot Curve(Random random, string title, List<Series> slices)
    {
        var (axis, value) = Values(random, "latency", true);
        var (first, count) = (random.Next(10, 20), random.Next(3, 16));
        List<Mark> marks = [];
        foreach (var slice in slices)
        {
            List<XY> points = [.. Enumerable.Range(first, count).Select(_ => value()).Order().Select((v, i) => new XY(Math.Pow(2, first + i), v))];
            string[] names = ["L1", "L2", "L3", "beyond its share of L3", "DRAM"];
            marks.AddRange(names.Take(random.Next(6)).Select((n, i) => new Rule(slice == slices[0] ? n : "", new(points[i * (count - 1) / 5].X, points[i * (count - 1) / 5].Y), new(points[((i + 1) * (count - 1)) / 5].X, points[i * (count - 1) / 5].Y), slice) { Measured = true }));
            marks.Add(new Line(slice, points));
        }
        return new(title, new Log("bytes", "B", 2), axis, marks) { DirectLabels = random.Next(2) == 0 };
    }

    static Plot Rows(Random random, string title, List<Series> slices)
    {
        var (axis, value) = Values(random, "bandwidth", random.Next(2) == 0);
        var rows = slices.Select(s => random.Next(3) == 0 ? $"llm.decode context=256 batch=1 dtype=bf16 · {s.Name}" : s.Name).ToList();
        var dots = slices.Select((s, i) => new Dot(new(value(), i), default, "", s)).ToList();
        return new(title, axis, new Band("slice", rows), new Rule("alone", new(value(), -0.5), new(value() * 1e-9 + dots[0].At.X, rows.Count - 0.5)), new Dots(new(-1, "alone"), Along.X, dots) { Shift = -5 }, new Dots(new(-1, "together"), Along.X, dots) { Shift = 5, Open = true });
    }

    static Plot Roofline(Random random, string title)
    {
        var (ridge, top, low, high) = (Magnitude(random, 0, 2.5), Magnitude(random, 10, 15), 1 / 16.0, 4000);
        var dots = Enumerable.Range(0, random.Next(1, 14)).Select(i => Magnitude(random, -1, 3.5)).Select((x, i) => new Dot(new(x, Math.Min(1, x / ridge) * top * (0.3 + (0.7 * random.NextDouble()))), default, $"llm.prefill tokens={32 << (i % 6)} · whole")).ToList();
        return new(title, new Log("operations per byte", "1"), new Log("rate", "FLOP/s"), new Rule("4.18 TB/s, measured", new(low, low / ridge * top), new(ridge, top)), new Rule("755 TFLOP/s, measured", new(ridge, top), new(high, top)), new Dots(new(0, "workloads"), Along.Y, dots));
    }

    static Plot Matrix(Random random, string title, List<Series> slices)
    {
        List<string> across = [.. Enumerable.Range(0, random.Next(1, 9)).Select(i => random.Next(2) == 0 ? $"mem.copy bytes={1 << i}MiB" : $"{i}g")];
        return new(title, new Band("aggressor", across), new Band("victim", [.. slices.Select(s => random.Next(2) == 0 ? s.Name : $"llm.decode dtype=bf16 on {s.Name}")]),
            new Cells("lost", [.. slices.Select(_ => (IReadOnlyList<double>)[.. across.Select(_ => random.NextDouble())])], "%", 0, 1));
    }

    static Plot Timeline(Random random, string title, List<Series> slices)
    {
        var end = Magnitude(random, -2, 2);
        var (from, to) = (random.NextDouble() * 0.5 * end, (0.5 + (random.NextDouble() * 0.5)) * end);
        return new(title, new Linear("time", "s", 0, end), new Band("slice", [.. slices.Select(s => s.Name)]), new Window("common window", from, to), new Strips(new(-1, "together"), [.. slices.Select((s, i) => new Strip(from * 0.9, to, i, s))]), new Strips(new(-1, "warm-up"), [.. slices.Select((s, i) => new Strip(0, from * 0.5, i, s))]) { Pale = true });
    }
}
