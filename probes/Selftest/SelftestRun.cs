using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Trace;
using GpuLab.Results;
using GpuLab.Running;

namespace GpuLab.Probes.Selftest;

/// <summary>
/// The first thing to run on a machine with a GPU: loads every module, asks what each kernel became, runs each against its reference, looks at
/// the clocks, then takes a short look at every figure. Goes on after what is wrong as long as the device does, and keeps what it has after each step.
/// </summary>
public sealed class SelftestRun
{
    const ulong Seed = 20260614;

    readonly CudaSession session;
    readonly Action<SelftestResult> keep;
    SelftestResult result;
    string? broken;

    SelftestRun(CudaSession session, string program, DateTimeOffset taken, Action<SelftestResult> keep)
    {
        (this.session, this.keep) = (session, keep);
        var device = session.Device;
        using var stream = new CudaStream(session.Context);
        result = new(SelftestResult.Current, program, taken, false,
            new(device.Name, device.Uuid.ToString(), device.PciBusId, $"{device.Capability.Major}.{device.Capability.Minor}", CudaDriver.VersionText, device.Memory,
                device.Attribute(CUdevice_attribute.L2CacheSize), device.Sms, SmList.Text(SmClock.Sms(session, stream)), device.Attribute(CUdevice_attribute.AsyncEngineCount)),
            Clocks(stream), [], [], [], []);
    }

    /// <summary>Tests the one device that this process sees.</summary>
    /// <param name="program">Name and version, for the document.</param>
    /// <param name="probes">Whose figures are looked at.</param>
    /// <param name="keep">Told what has been found so far, again and again.</param>
    /// <exception cref="ProbeSkippedException">Nothing can run here; the message says why.</exception>
    public static SelftestResult Of(string program, DateTimeOffset taken, IReadOnlyList<IProbe> probes, Action<SelftestResult> keep)
    {
        try
        {
            return Of(CudaSession.Current, program, taken, probes, keep);
        }
        catch (CudaException failed)
        {
            throw new ProbeSkippedException(failed.Message);
        }
    }

    internal static SelftestResult Of(CudaSession session, string program, DateTimeOffset taken, IReadOnlyList<IProbe> probes, Action<SelftestResult> keep)
    {
        var run = new SelftestRun(session, program, taken, keep);
        run.Modules();
        run.Checks();
        run.Figures(probes);
        return run.Keep(run.result with { Complete = true });
    }

    void Modules()
    {
        var (modules, kernels) = (new List<SelftestModule>(), new List<SelftestKernel>());
        foreach (var name in KernelModules.All)
        {
            try
            {
                var module = session.Module(name);
                modules.Add(new(name, null, module.LoadSeconds, module.Log));
                kernels.AddRange(KernelImage.Entries(name).Select(e => Described(module, name, e)).OfType<SelftestKernel>());
            }
            catch (Exception refused) when (refused is ProbeSkippedException or CudaException)
            {
                modules.Add(new(name, refused.Message, 0, ""));
            }
        }
        Keep(result with { Modules = modules, Kernels = kernels });
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

    void Checks()
    {
        foreach (var check in KernelChecks.All)
        {
            var start = Monotonic.Now;
            var (outcome, why) = Checked(check);
            Keep(result with { Checks = [.. result.Checks, new(check.Name, check.Kernels, outcome, why, (Monotonic.Now - start) * 1e-9)] });
        }
    }

    (SelftestOutcome Outcome, string? Why) Checked(KernelCheck check)
    {
        if (broken is not null) return (SelftestOutcome.NotProven, broken);
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
            // What a kernel breaks stays broken for the life of the process.
            broken = $"not run: {check.Name} broke the context";
            return (SelftestOutcome.Wrong, failed.Message);
        }
    }

    void Figures(IReadOnlyList<IProbe> probes)
    {
        if (broken is not null) return;
        foreach (var probe in probes) Keep(result with { Figures = [.. result.Figures, .. SelftestLook.At(probe, session.Device.Name, Seed)] });
    }

    SelftestClocks Clocks(CudaStream stream)
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
