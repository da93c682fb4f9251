using System.Globalization;
using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Reports.Html;

/// <summary>A selftest as one offline HTML file.</summary>
public static class SelftestPage
{
    public static string Render(SelftestResult result)
    {
        var title = $"Selftest of {result.Device.Name}";
        var header = Html.Of($"""
            <h1>{Parts.Name(title)}</h1>
            <p class="sub">{Parts.Name(result.Program)}, {result.Taken.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</p>
            <p class="verdict">{Verdict(result)}</p>
            """);
        List<Section> sections = [Device(result), .. new[] { NotProven(result) }.OfType<Section>(), Checks(result)];
        if (result.Figures.Count > 0) sections.Add(Figures(result));
        sections.Add(Kernels(result));
        return PageFrame.Of(title, result.Program, simulated: false, header, sections).ToString();
    }

    /// <summary>One sentence.</summary>
    public static string Verdict(SelftestResult result)
    {
        var right = result.Checks.Count(c => c.Outcome == SelftestOutcome.Right);
        var open = result.Checks.Count(c => c.Outcome == SelftestOutcome.NotProven);
        var spills = result.Kernels.Count(k => k.LocalBytes > 0);
        return string.Create(CultureInfo.InvariantCulture,
            $"{(result.Complete ? "" : "Cut short. ")}{right} of {result.Checks.Count} checks of kernels are right, {result.Wrong} checks or figures are wrong, {open} checks are not proven; {spills} of {result.Kernels.Count} kernels keep registers in memory.");
    }

    /// <summary>Whether two processes see one timer, in words.</summary>
    public static string Timer(SelftestTimer timer) => timer.Common switch
    {
        null => $"not proven to be common to two processes: {timer.Why}",
        true => $"common to two processes: {Pretty.Time(Math.Abs(timer.DifferenceNs) * 1e-9)} apart, known within {Pretty.Time(timer.WithinNs * 1e-9)}",
        _ => $"NOT common to two processes: {Pretty.Time(Math.Abs(timer.DifferenceNs) * 1e-9)} apart, known within {Pretty.Time(timer.WithinNs * 1e-9)}",
    };

    /// <summary>A dash where a metric has no ceiling.</summary>
    public static string OfCeiling(SelftestFigure figure) =>
        !double.IsNaN(figure.Ceiling) ? Pretty.Percent(figure.Value / figure.Ceiling) : figure.CeilingSource.Length > 0 ? "unknown" : "–";

    static Section Device(SelftestResult result)
    {
        var (d, c) = (result.Device, result.Clocks);
        (string, string)[] facts =
        [
            ("device", d.Name), ("UUID", d.Uuid), ("PCI", d.Pci), ("compute capability", d.Capability), ("driver", $"CUDA {d.Driver}"), ("memory", Pretty.Bytes(d.Memory)),
            ("L2", Pretty.Bytes(d.L2)), ("SMs", string.Create(CultureInfo.InvariantCulture, $"{d.Sms}: {d.SmNumbers}")), ("copy engines", d.CopyEngines.ToString(CultureInfo.InvariantCulture)),
            ("step of events", Pretty.Time(c.EventStepNs * 1e-9)), ("step of the SMs' timer", Pretty.Time(c.TimerStepNs * 1e-9)), ("SM clock", Pretty.Value(c.SmClockHz, "Hz")),
            ("device times on the host's clock", $"within {Pretty.Time(c.UncertaintyNs * 1e-9)}"),
        ];
        if (result.Timer is { } timer) facts = [.. facts, ("the SMs' timer in two processes", Timer(timer))];
        return new("device", "Device", Html.Of($"""
            <div class="facts"><section><dl>{facts.Select(f => Html.Of($"<dt>{f.Item1}</dt><dd>{Parts.Name(f.Item2)}</dd>"))}</dl></section></div>
            """));
    }

    static Section? NotProven(SelftestResult result)
    {
        List<(string What, string Why)> open =
        [
            .. result.Modules.Where(m => m.Problem is not null).Select(m => (m.Name, m.Problem!)),
            .. result.Timer is { Common: null } timer ? [("timer common to two processes", timer.Why ?? "")] : ((string, string)[])[],
            .. result.Checks.Where(c => c.Outcome == SelftestOutcome.NotProven).Select(c => ($"check {c.Name}", c.Why ?? "")),
            .. result.Figures.Where(f => f.Outcome == SelftestOutcome.NotProven).Select(f => (f.Metric, f.Why ?? "")),
        ];
        return open.Count == 0 ? null : new("not-proven", "Not proven here", Html.Of($"""
            <div class="scroll"><table><thead><tr><th>what</th><th>why</th></tr></thead><tbody>{open.Select(o => Html.Of($"<tr>{Parts.Cell(o.What)}{Parts.Cell(o.Why)}</tr>"))}</tbody></table></div>
            """));
    }

    static Section Checks(SelftestResult result) => new("checks", "Kernels against their references", SortableTable.Of(result.Checks,
        new("check", c => Parts.Cell(c.Name)),
        new("outcome", c => Parts.Cell(Words(c.Outcome))),
        new("time", c => Parts.Value(c.Seconds, "s"), true),
        new("kernels", c => Parts.Cell(string.Join(", ", c.Kernels))),
        new("what is wrong", c => Parts.Cell(c.Why ?? ""))));

    static Section Figures(SelftestResult result) => new("figures", "A short look at figures", Html.Of($"""
        <p>Medians of a few tenths of a second with each probe's own defaults: whether a figure is near its ceiling, not a measurement of it.</p>
        {SortableTable.Of(result.Figures,
            new("metric", f => Parts.Cell(f.Metric)),
            new("outcome", f => Parts.Cell(Words(f.Outcome))),
            new("median", f => Parts.Value(f.Value, f.Unit), true),
            new("of ceiling", f => double.IsNaN(f.Ceiling) ? Html.Of($"<td class=\"n\">{OfCeiling(f)}</td>") : Parts.Percent(f.Value / f.Ceiling), true),
            new("samples", f => Parts.Count(f.Samples), true),
            new("ceiling", f => Parts.Cell(f.CeilingSource)),
            new("how, or what is wrong", f => Parts.Cell(f.Why ?? string.Join("; ", f.Facts.Where(p => p.Key != "device").Select(p => $"{p.Key} {p.Value}")))))}
        """));

    static Section Kernels(SelftestResult result) => new("kernels", "What the driver's compiler made", Html.Of($"""
        {SortableTable.Of(result.Kernels,
            new("kernel", k => Parts.Cell(k.Name)),
            new("module", k => Parts.Cell(k.Module)),
            new("registers", k => Parts.Count(k.Registers), true),
            new("bytes spilled", k => Parts.Count(k.LocalBytes), true),
            new("shared bytes", k => Parts.Count(k.SharedBytes), true),
            new("threads at most", k => Parts.Count(k.MaxThreads), true))}
        {result.Modules.Where(m => m.Problem is null).Select(m => Html.Of($"<p>{Parts.Name(m.Name)} was loaded in {Pretty.Time(m.Seconds)}. {Parts.Name(m.Log)}</p>"))}
        """));

    static string Words(SelftestOutcome outcome) => outcome switch
    {
        SelftestOutcome.Right => "right",
        SelftestOutcome.Wrong => "WRONG",
        _ => "not proven",
    };
}
