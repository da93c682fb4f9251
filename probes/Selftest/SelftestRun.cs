using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Trace;
using GpuLab.Results;
using GpuLab.Running;

namespace GpuLab.Probes.Selftest;

/// <summary>
/// The first thing to run on a machine with a GPU: loads every module, asks what each kernel became, runs each against its reference, looks at
/// the clocks, then takes a short look at every figure. Keeps what it has after each step, and ends after one that broke the context: what a
/// kernel breaks stays broken for the life of its process, so another process goes on from the document.
/// </summary>
sealed class SelftestRun
{
    const ulong Seed = 20260614;

    readonly CudaSession session;
    readonly IReadOnlyList<IProbe> probes;
    readonly Action<SelftestResult> keep;
    SelftestResult result;

    SelftestRun(CudaSession session, SelftestResult begun, IReadOnlyList<IProbe> probes, Action<SelftestResult> keep) =>
        (this.session, result, this.probes, this.keep) = (session, begun, probes, keep);

    /// <summary>The document before the first step.</summary>
    /// <param name="program">Name and version, for the document.</param>
    /// <exception cref="CudaException">The driver failed.</exception>
    public static SelftestResult Begin(CudaSession session, string program, DateTimeOffset taken)
    {
        var device = session.Device;
        using var stream = new CudaStream(session.Context);
        return new(SelftestResult.Current, program, taken, false,
            new(device.Name, device.Uuid.ToString(), device.PciBusId, $"{device.Capability.Major}.{device.Capability.Minor}", CudaDriver.VersionText, device.Memory,
                device.Attribute(CUdevice_attribute.L2CacheSize), device.Sms, SmList.Text(SmClock.Sms(session, stream)), device.Attribute(CUdevice_attribute.AsyncEngineCount)),
            Clocks(session, stream), [], [], [], []);
    }

    /// <summary>Does what a document lacks.</summary>
    /// <param name="probes">Whose figures are looked at.</param>
    /// <param name="keep">Told what has been found so far, again and again.</param>
    /// <returns>Complete, or without what follows the step that broke the context.</returns>
    public static SelftestResult GoOn(CudaSession session, SelftestResult begun, IReadOnlyList<IProbe> probes, Action<SelftestResult> keep)
    {
        var run = new SelftestRun(session, begun, probes, keep);
        foreach (var step in SelftestSteps.Left(begun, probes).ToList())
        {
            run.Keep(run.result with { Doing = step });
            var done = run.Done(step) with { Doing = null };
            if (!session.Context.IsBroken)
            {
                run.Keep(done);
                continue;
            }
            return run.Keep(SelftestSteps.Broken(done, step));
        }
        return run.Keep(run.result with { Complete = true, Doing = null });
    }

    SelftestResult Done(SelftestStep step) => step.Kind switch
    {
        SelftestStepKind.Module => Loaded(step.Name),
        SelftestStepKind.Timer => result with { Timer = SharedTimer.Measure(session) },
        SelftestStepKind.Check => Checked(KernelChecks.All.First(c => c.Name == step.Name)),
        _ => result with { Figures = [.. result.Figures, .. SelftestLook.At(probes.First(p => p.Info.Id == step.Name), session.Device.Name, Seed)] },
    };

    SelftestResult Loaded(string name)
    {
        try
        {
            var module = session.Module(name);
            return result with
            {
                Modules = [.. result.Modules, new(name, null, module.LoadSeconds, string.Join("; ", new[] { module.Made, module.Log }.Where(s => !string.IsNullOrEmpty(s))))],
                Kernels = [.. result.Kernels, .. KernelImage.Entries(name).Select(e => Described(module, name, e)).OfType<SelftestKernel>()],
            };
        }
        catch (Exception refused) when (refused is ProbeSkippedException or CudaException)
        {
            return result with { Modules = [.. result.Modules, new(name, refused.Message, 0, "")] };
        }
    }

    static SelftestKernel? Described(CudaModule module, string name, string entry)
    {
        try
        {
            var kernel = module[entry];
            return new(entry, name, kernel.Registers, kernel.LocalBytes, kernel.SharedBytes, kernel.MaxThreads);
        }
        catch (CudaException)
        {
            // The check of that kernel says why.
            return null;
        }
    }

    SelftestResult Checked(KernelCheck check)
    {
        var start = Monotonic.Now;
        var (outcome, why) = Outcome(check);
        return result with { Checks = [.. result.Checks, new(check.Name, check.Kernels, outcome, why, (Monotonic.Now - start) * 1e-9)] };
    }

    (SelftestOutcome Outcome, string? Why) Outcome(KernelCheck check)
    {
        try
        {
            using var runner = new CudaRunner(session, check.Module);
            return check.Run(runner, Seed) is { } wrong ? (SelftestOutcome.Wrong, wrong) : (SelftestOutcome.Right, null);
        }
        catch (ProbeSkippedException missing)
        {
            return (SelftestOutcome.NotProven, missing.Message);
        }
        catch (CudaException missing) when (missing.Status == CUresult.NotFound)
        {
            return (SelftestOutcome.NotProven, missing.Message);
        }
        catch (CudaException failed)
        {
            return (SelftestOutcome.Wrong, failed.Message);
        }
    }

    static SelftestClocks Clocks(CudaSession session, CudaStream stream)
    {
        using var runner = new CudaRunner(session, KernelModules.Common);
        const int count = 200;
        var values = runner.Allocate(count * sizeof(ulong));
        runner.Launch("gl_timer_values", new(1, 32), values, (uint)count);
        var ticks = runner.Download<ulong>(values, count);
        var step = ticks.Skip(1).Zip(ticks, (next, one) => (double)(next - one)).Min();
        session.Clock.Renew();
        return new(session.StepNs, step, SmClock.Measure(session, stream, static () => { }), session.Clock.Uncertainty);
    }

    SelftestResult Keep(SelftestResult now)
    {
        result = now;
        keep(now);
        return now;
    }
}
