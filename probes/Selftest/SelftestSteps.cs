using GpuLab.Probes.Kernels;
using GpuLab.Results;
using GpuLab.Running;

namespace GpuLab.Probes.Selftest;

/// <summary>The steps of a selftest in their order, which of them a document still lacks, and what is written of those that nothing came of.</summary>
public static class SelftestSteps
{
    const string TimerName = "globaltimer";

    /// <summary>What has not been done yet.</summary>
    /// <param name="probes">Whose figures are looked at.</param>
    internal static IEnumerable<SelftestStep> Left(SelftestResult result, IReadOnlyList<IProbe> probes) =>
    [
        .. KernelModules.All.Except(result.Modules.Select(m => m.Name)).Select(name => new SelftestStep(SelftestStepKind.Module, name)),
        .. result.Timer is null ? [new SelftestStep(SelftestStepKind.Timer, TimerName)] : (SelftestStep[])[],
        .. KernelChecks.All.Select(c => c.Name).Except(result.Checks.Select(c => c.Name)).Select(name => new SelftestStep(SelftestStepKind.Check, name)),
        .. probes.Select(p => p.Info.Id).Except(result.Figures.Select(f => f.Probe)).Select(id => new SelftestStep(SelftestStepKind.Figure, id)),
    ];

    /// <summary>The step in which a process was lost is wrong.</summary>
    public static SelftestResult Lost(SelftestResult result, SelftestStep step, string why) => Without(result, step, SelftestOutcome.Wrong, why) with { Doing = null };

    /// <summary>Nothing more can be done: all that is left is not proven.</summary>
    /// <param name="figures">Whether figures were to be looked at.</param>
    public static SelftestResult GivenUp(SelftestResult result, bool figures, string why) =>
        Left(result, figures ? Catalogue.OfGpus : []).Aggregate(result, (so, step) => Without(so, step, SelftestOutcome.NotProven, $"not run: {why}")) with { Complete = true, Doing = null };

    /// <summary>A step that came to an end and left the context useless is wrong, whatever it found.</summary>
    internal static SelftestResult Broken(SelftestResult result, SelftestStep step)
    {
        return step.Kind switch
        {
            SelftestStepKind.Module => result with { Modules = [.. result.Modules.SkipLast(1), result.Modules[^1] with { Problem = Said(result.Modules[^1].Problem) }] },
            SelftestStepKind.Timer => result with { Timer = result.Timer! with { Common = null, Why = Said(result.Timer.Why) } },
            SelftestStepKind.Check => result with { Checks = [.. result.Checks.SkipLast(1), result.Checks[^1] with { Outcome = SelftestOutcome.Wrong, Why = Said(result.Checks[^1].Why) }] },
            _ => result with { Figures = [.. result.Figures.Select(f => f.Probe == step.Name ? f with { Outcome = SelftestOutcome.Wrong, Why = Said(f.Why) } : f)] },
        };

        static string Said(string? why) => $"{(why is null ? "" : $"{why}; ")}it broke the context, and what follows was done in a fresh process";
    }

    static SelftestResult Without(SelftestResult result, SelftestStep step, SelftestOutcome outcome, string why) => step.Kind switch
    {
        SelftestStepKind.Module => result with { Modules = [.. result.Modules, new(step.Name, why, 0, "")] },
        SelftestStepKind.Timer => result with { Timer = new(null, why, double.NaN, double.NaN) },
        SelftestStepKind.Check => result with { Checks = [.. result.Checks, new(step.Name, KernelChecks.All.First(c => c.Name == step.Name).Kernels, outcome, why, 0)] },
        _ => result with { Figures = [.. result.Figures, SelftestLook.Nothing(Catalogue.Probes.First(p => p.Id == step.Name), outcome, why)] },
    };
}
