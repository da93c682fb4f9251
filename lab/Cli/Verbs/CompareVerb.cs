using System.CommandLine;
using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Reports.Comparison;
using GpuLab.Statistics;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab compare</c>: runs, or the values of one parameter, held against the first.</summary>
static class CompareVerb
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("run") { Description = "Folders of runs; the first is what the others are held against.", Arity = ArgumentArity.ZeroOrMore };
        var by = new Option<string>("--by", "--pivot") { Description = "What columns differ in: run, layout, mode, slice, phase, or a parameter of the probes such as bytes. They are held against the first that shares cells with others.", HelpName = "AXIS", DefaultValueFactory = _ => "run" };
        var only = new Option<string[]>("--only") { Description = "Only cells in whose names all these words occur.", HelpName = "WORD", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };
        var accept = new Option<bool>("--accept") { Description = "Compare although the runs are unlike: sizes, effort, simulated and measured." };
        var fail = new Option<double?>("--fail-on") { Description = "Exit with 3 where a cell is shown to be slower and its ratio is lower by more than this, such as 5%.", HelpName = "N%", CustomParser = Share };
        var baseline = new Option<string?>("--baseline") { Description = "Hold the runs against the latest one kept for this device.", HelpName = "DEVICE" };
        var baselines = new Option<string?>("--baselines") { Description = "Where kept runs are. Default: reports/baselines here or above.", HelpName = "FOLDER" };
        var page = new Option<FileInfo?>("--html") { Description = "Also write the comparison as one offline HTML file.", HelpName = "FILE" };
        var all = new Option<bool>("--all") { Description = "Show every cell, not only those that differ." };
        var json = Options.Json();
        var verb = new Command("compare", """
            Compares runs cell by cell: a ratio with its interval and a verdict for each, and what else differs between the runs.
            Cells meet by meaning: layout, mode, slice profile, phase, probe, parameters. Across devices a MIG slice is its compute
            slices and its share of the memory. Verdicts need six repeats on either side.

            Examples:
              gpulab compare runs/before runs/after --fail-on 5%
              gpulab compare runs/h100 runs/h200 --html devices.html
              gpulab compare runs/one --by bytes
              gpulab compare runs/today --baseline host

            Exit codes: 0 done, 2 wrong usage or unlike runs (see --accept), 3 slower than --fail-on allows, 4 a compared figure is INVALID.
            """) { folders, by, only, accept, fail, baseline, baselines, page, all, json };
        verb.SetAction(int (parse) =>
        {
            List<string> runs = [.. parse.GetValue(baseline) is { } device ? [Baselines.Of(device, parse.GetValue(baselines))] : Array.Empty<string>(), .. parse.GetValue(folders)!];
            var request = new ComparisonRequest(parse.GetValue(by)!, parse.GetValue(accept), parse.GetValue(only));
            var comparison = Compared(runs, request);
            if (parse.GetValue(page) is { } file) File.WriteAllText(file.FullName, ComparisonPage.Render(comparison, $"gpulab {string.Join(' ', parse.Tokens.Select(t => t.Value))}"));
            if (parse.GetValue(json))
            {
                using var output = Console.OpenStandardOutput();
                ComparisonJson.Print(comparison, output);
            }
            else ComparisonView.Print(comparison, parse.GetValue(all));
            return Exit(comparison, parse.GetValue(fail));
        });
        return verb;
    }

    static RunComparison Compared(List<string> folders, ComparisonRequest request)
    {
        if (folders.Count == 0 || (folders.Count == 1 && request.By == "run")) throw new UsageException("name at least two runs, or one and --by an axis such as layout or bytes.");
        var reading = folders.Select(f => Task.Run(() => RunFigures.Read(f, Catalogue.Probes))).ToList();
        var runs = reading.Select(r => r.GetAwaiter().GetResult()).ToList();
        return Check(Comparer.Compare(runs, Catalogue.Probes, request), runs, request);
    }

    static RunComparison Check(RunComparison c, IReadOnlyList<RunFigures> runs, ComparisonRequest request)
    {
        var axes = Comparer.Axes(runs);
        if (!axes.Contains(request.By)) throw new UsageException($"'{request.By}' is not an axis of these runs; they have {string.Join(", ", axes)}.{Nearest.Hint(request.By, axes)}");
        if (c.Objections.Count > 0 && !request.Accept)
            throw new UsageException($"these runs are not alike:\n{string.Join('\n', c.Objections.Select(o => "  " + o))}\nCompare runs of one sweep, or say --accept to compare them all the same.");
        if (c.Cells.Count == 0)
            throw new UsageException($"no cell is in more than one column ({string.Join(", ", c.Columns.Zip(c.Alone, (n, k) => string.Create(CultureInfo.InvariantCulture, $"{n} has {k} of its own")))}). Cells meet where layout, mode, slice profile, phase, probe and parameters are the same{(request.Only is { Count: > 0 } ? "; or --only leaves none" : "")}.");
        return c;
    }

    static int Exit(RunComparison c, double? fail)
    {
        if (fail is { } by && c.Regressions(by).ToList() is { Count: > 0 } worse)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"gpulab: {worse.Count} {(worse.Count == 1 ? "cell is" : "cells are")} slower by more than {Pretty.Percent(by)}; the worst: {worse[0].Cell.Key}, {Pretty.Digits(worse[0].Outcome.Ratio.Ratio)} times {c.Columns[0]}"));
            return CommandLine.Worse;
        }
        if (c.Invalid.FirstOrDefault() is not { Cell: not null } invalid) return CommandLine.Done;
        Console.Error.WriteLine($"gpulab: {invalid.Outcome.Verdict.Reason}");
        return CommandLine.Invalid;
    }

    static double? Share(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Units.TryParse(text.EndsWith('%') ? text : text + "%", Units.Fractions, false, out var share) && share is >= 0 and < 1) return share;
        result.AddError($"--fail-on '{text}' must be a share such as 5%.");
        return null;
    }
}
