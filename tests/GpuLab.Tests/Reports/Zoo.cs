using GpuLab.Reports.Plots;

namespace GpuLab.Tests.Reports;

/// <summary>One plot of each kind, with names and numbers that are hard to place.</summary>
static class Zoo
{
    public static IReadOnlyList<Drawing> All(bool simulated)
    {
        var slices = Enumerable.Range(0, 7).Select(i => new Series(i, $"1g.18gb@{i}")).ToList();
        string[] names = [.. slices.Select(s => s.Name)];
        var sizes = Enumerable.Range(12, 20).Select(i => Math.Pow(2, i)).ToList();
        List<Plot> plots =
        [
            new("Lines that end together", new Log("working set", "B", 2), new Log("latency", "s"), [.. slices.Select(s => (Mark)new Line(s, [.. sizes.Select(b => new XY(b, 1e-9 * Math.Sqrt(b / 4096) * (1 + (s.Index * 0.002))))]))]) { DirectLabels = true },
            new("Bars", new Band("", names), new Linear("bandwidth", "B/s"), new Bars(new(0, "alone"), [.. names.Select((_, i) => new Estimate(500e9 + i, 480e9, 520e9))]), new Bars(new(1, "together"), [.. names.Select(_ => new Estimate(400e9, 400e9, 400e9))])),
            new("Stacked", new Band("", "queue and wait for a slot", "prefill", "decode"), new Linear("time", "s"), new Bars(new(0, "a"), [new(1, 1, 1), new(2, 2, 2), new(1, 1, 1)]) { Base = [0, 0, 0] }, new Bars(new(1, "b"), [new(1, 1, 1), new(2, 2, 2), new(1, 1, 1)]) { Base = [1, 2, 1] }),
            new("Roofline", new Log("FLOP per byte", "1", 10, 0.03, 4000), new Log("rate", "FLOP/s", 10, 1e11, 2e15), new Rule("4.18 TB/s, measured", new(0.03, 1.254e11), new(180.6, 7.55e14)), new Rule("755 TFLOP/s, measured", new(180.6, 7.55e14), new(4000, 7.55e14)), new Rule("989 TFLOP/s, data sheet", new(236.6, 9.89e14), new(4000, 9.89e14)),
                new Dots(new(0, "kernel"), Along.Y, [.. new[] { ("copy", 0.06, 0.27), ("decode b1", 1.1, 4.4), ("softmax", 0.6, 2.2), ("layer norm", 0.9, 3.1), ("add", 0.61, 2.21), ("scale", 0.62, 2.2), ("decode b8", 7.8, 29), ("attention", 145, 420), ("prefill 2k", 390, 655), ("gemm 8k", 1365, 742) }.Select(p => new Dot(new(p.Item2, p.Item3 * 1e12), default, p.Item1))])),
            new("Isolation", new Band("aggressor", [.. names, "nothing at all"]), new Band("victim", [.. names]), new Cells("kept", [.. names.Select((_, r) => (IReadOnlyList<double>)[.. Enumerable.Range(0, 8).Select(c => r == c ? double.NaN : 0.9 + (0.01 * c))])], "1", 0.85, 1)),
            new("Layout", new Linear("memory units", "", 0, 8) { Whole = true }, new Band("", "7x1g.18gb"), new Blocks([.. slices.Select(s => new Block(s.Index, 1, 0, s.Name, s, s.Name)), new Block(7, 1, 0, "free", Series.None, "free")])),
            new("Time", new Linear("time", "s"), new Band("slice", names), new Window("common window", 1, 2), new Strips(new(-1, "together"), [.. slices.Select(s => new Strip(0.9, 2.1, s.Index, s))])),
            new("Dots", new Linear("kept", "%", 0.5), new Band("", names), new Rule("alone", new(1, -0.5), new(1, 6.5)), new Dots(new(-1, "kept"), Along.X, [.. slices.Select(s => new Dot(new(0.9 + (s.Index * 0.01), s.Index), new(0.9, 0.85, 1.02), "", s))])),
            new("Tail", new Percentile("percentile of requests"), new Linear("latency", "s"), new Line(slices[0], [new(0, 1e-3), new(0.9, 2e-3), new(0.999, 9e-3)]), new Ribbon(slices[0], [(0, new(1e-3, 9e-4, 1.1e-3)), (0.999, new(9e-3, 8e-3, 1e-2))])),
        ];
        var panels = plots[0];
        return [.. plots.Select(p => new Drawing(p with { Simulated = simulated }, null)), new Drawing(null, new Multiples("Panels", [.. Enumerable.Range(0, 4).Select(i => panels with { Title = $"layout {i}", Simulated = simulated })]))];
    }

    /// <summary>A plot or a set of panels.</summary>
    public sealed record Drawing(Plot? One, Multiples? Many)
    {
        public IDrawing Inner => One is not null ? One : Many!;

        public string Title => Inner.Title;

        public IReadOnlyList<Datum> Table => Inner.Table;

        public string Svg(double width, string id) => Inner.Svg(width, id);

        public Drawing Plain() => One is not null ? this with { One = One with { Simulated = false } } : this with { Many = Many! with { Plots = [.. Many.Plots.Select(p => p with { Simulated = false })] } };
    }
}
