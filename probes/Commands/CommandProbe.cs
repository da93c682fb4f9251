using System.Text.RegularExpressions;
using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Commands;

/// <summary>Any program as a workload: one process a slice, started on the barrier, with the slice's environment and processors.</summary>
public sealed class CommandProbe : IProbe, IForesight
{
    /// <summary>What a simulated device takes for granted, which runs no program.</summary>
    internal static readonly Parameter
        Whole = new("whole", ParameterType.Seconds, "On a simulated device, which runs nothing: time of one unit of what it counts, on the whole GPU", ParameterValue.Seconds(1), Min: 1e-9),
        Bound = new("bound", ParameterType.Word, "On a simulated device: what the program is bound by", ParameterValue.Of("compute"), Words: ["compute", "memory", "link", "nothing"]);

    static readonly ProbeInfo About = new(
        "command", "Any program on every slice: what it prints, or how often it can be run", Resource.Model,
        [
            new("command/rate", "1/s", Better.Higher, Across.Sum, "What the program counts, per second; executions where it prints nothing"),
            new("command/time", "s", Better.Lower, Across.Worst, "From the figure before, or the program's start, to this figure; or of one execution"),
        ],
        [
            new("command", ParameterType.Text, "What /bin/sh runs; started again when it ends before the phase does"),
            new("figure", ParameterType.Text, "Field of the JSON lines it prints that holds the figure, such as rate or results.tokens_per_second"),
            new("pattern", ParameterType.Text, "Regular expression for other lines; its group 'value', or its first, is the figure"),
            new("kind", ParameterType.Word, "What the figure is: something per second, or seconds", ParameterValue.Of("rate"), Words: ["rate", "seconds"]),
            new("timeout", ParameterType.Seconds, "Longest time without a figure", ParameterValue.Seconds(20), Min: 1e-3),
            new("grace", ParameterType.Seconds, "Time between asking it to end and ending it with all it started", ParameterValue.Seconds(2)),
            Whole, Bound,
        ],
        Precision.Loading);

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) =>
        Obstacle(request.Parameters) is { } reason ? throw new ProbeSkippedException(reason) : new CommandRun(request);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => Obstacle(parameters);

    internal static string? Obstacle(Parameters parameters)
    {
        if (parameters["command"] is null) return "command: what to run is missing, such as {probe: command, command: \"./measure.sh\"}";
        if (parameters["figure"] is not null && parameters["pattern"] is not null) return "command: a figure is named by 'figure' or by 'pattern', not by both";
        if (parameters["pattern"]?.Word is not { } pattern) return null;
        try
        {
            var expression = new Regex(pattern, FigureReader.Options, FigureReader.Limit);
            return expression.GetGroupNumbers().Length > 1 ? null : $"command: the pattern '{pattern}' has no group: put brackets around the number";
        }
        catch (ArgumentException wrong)
        {
            return $"command: the pattern '{pattern}' is no regular expression: {wrong.Message}";
        }
    }
}
