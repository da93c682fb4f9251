using System.Globalization;
using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Sweeps;

namespace GpuLab.Cli;

/// <summary>Shows a run on standard error while it goes on.</summary>
abstract class RunProgress(bool simulated) : IRunProgress, IDisposable
{
    /// <summary>One line that changes on a terminal, plain lines elsewhere.</summary>
    public static RunProgress For(Plan plan, IDevice device, IReadOnlyList<string> effects)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{device.Facts.Name}: {plan.TrialCount} trials, about {Pretty.Time(plan.Seconds)}"));
        foreach (var effect in effects) Console.Error.WriteLine(effect);
        return Console.IsErrorRedirected ? new LogProgress(device.Facts.Simulated) : new LineProgress(device.Facts.Simulated);
    }

    public virtual void LayoutCut(LayoutGroup group, double seconds)
    {
    }

    public virtual void TrialStarts(Trial trial, RunState state)
    {
    }

    public abstract void TrialEnds(Trial trial, TrialDone done, IReadOnlyList<SampleRow> rows, RunState state);

    /// <summary>Leaves the terminal as it was.</summary>
    public virtual void Close()
    {
    }

    public void Dispose() => Close();

    /// <summary>The trial's latest figure: the median of the phase that matters, by slice.</summary>
    protected string Latest(Trial trial, TrialDone done, IReadOnlyList<SampleRow> rows)
    {
        if (done.Status != "ok") return $"{done.Status}: {done.Reason}";
        if (trial.Cell.Works.Count > 0) return Marks.Line(simulated) + Kept(trial.Cell, rows);
        var main = trial.Cell.Probe.Main;
        var figures = rows.Where(r => r.Metric == main.Name && r.Phase is Phase.Solo or Phase.Together)
            .GroupBy(r => r.Slice)
            .Select(g => Pretty.Value(Median([.. g.Select(r => r.Value)]), main.Unit));
        return Marks.Line(simulated) + string.Join(", ", figures);
    }

    /// <summary>What each victim reached beside the others.</summary>
    static string Kept(Cell cell, IReadOnlyList<SampleRow> rows) => string.Join(", ", cell.Works.Where(w => w.Role == Role.Victim)
        .Select(w => Pretty.Value(Median([.. rows.Where(r => r.Slice == w.Slice && r.Phase == Phase.Together && r.Metric == w.Probe.Main.Name).Select(r => r.Value)]), w.Probe.Main.Unit)));

    static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length == 0 ? double.NaN : values[values.Length / 2];
    }
}

/// <summary>For logs: a line for each layout, each tenth of the way and everything that went wrong.</summary>
sealed class LogProgress(bool simulated) : RunProgress(simulated)
{
    int tenth;

    public override void LayoutCut(LayoutGroup group, double seconds) => Console.Error.WriteLine($"layout {group.Layout}: {string.Join(", ", group.Slices)}");

    public override void TrialEnds(Trial trial, TrialDone done, IReadOnlyList<SampleRow> rows, RunState state)
    {
        if (done.Status is not ("ok" or "decided")) Console.Error.WriteLine($"{trial.Cell}, repeat {trial.Repeat}: {Latest(trial, done, rows)}");
        if (state.Done * 10 / state.Total <= tenth) return;
        tenth = state.Done * 10 / state.Total;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{state.Done}/{state.Total} trials, {Pretty.Time(Math.Round(state.Left))} left; {trial.Cell}: {Latest(trial, done, rows)}"));
    }
}

/// <summary>For a terminal: one status line below what went wrong.</summary>
sealed class LineProgress(bool simulated) : RunProgress(simulated)
{
    string latest = "";

    public override void TrialStarts(Trial trial, RunState state) => Show(trial, state);

    public override void TrialEnds(Trial trial, TrialDone done, IReadOnlyList<SampleRow> rows, RunState state)
    {
        latest = $"{trial.Cell.Probe.Id} {Latest(trial, done, rows)}";
        if (done.Status is "ok" or "decided") return;
        Console.Error.Write("\r\u001b[K");
        Console.Error.WriteLine($"{trial.Cell}, repeat {trial.Repeat}: {Latest(trial, done, rows)}");
    }

    public override void Close() => Console.Error.Write("\r\u001b[K");

    void Show(Trial trial, RunState state)
    {
        var bar = new string('█', state.Done * 20 / state.Total).PadRight(20, '░');
        var line = string.Create(CultureInfo.InvariantCulture, $"{bar} {state.Done}/{state.Total}  {Pretty.Time(Math.Ceiling(state.Left))} left  {trial.Cell}");
        if (latest.Length > 0) line += $"  (last: {latest})";
        var width = Math.Max(20, Terminal.Error.Profile.Width - 1);
        Console.Error.Write("\r\u001b[K" + (line.Length > width ? line[..(width - 1)] + "…" : line));
    }
}
