using GpuLab.Probes;
using GpuLab.Probes.Loading;
using GpuLab.Control.Host;
using GpuLab.Control.Mig;
using GpuLab.Probes.Launch;
using GpuLab.Probes.Selftest;
using GpuLab.Running;

namespace GpuLab.Cli;

static class Program
{
    static async Task<int> Main(string[] args)
    {
        // A worker is started for every slice of every layout; it must not pay for the command line.
        if (args is ["worker", .. var rest]) return WorkerEntry.Run(rest, Catalogue.For, cpu => Affinity.Pin(cpu), Catalogue.Identify);
        if (args is [LoadStartChild.Verb, .. var weights]) return LoadStartChild.Run(weights, Monotonic.Now);
        if (args is [MigGuardian.Verb, var gpu, var folder, var locks]) return await Gpus.Guard(gpu, folder, locks);
        if (args is [ContextStart.Verb]) return ContextStart.Run();
        if (args is [SelftestEntry.Verb, var file, var extent]) return SelftestEntry.Run(file, extent, $"gpulab {Provenance.Version}");
        if (args is [SharedTimer.Verb]) return SharedTimer.Run();
        return await CommandLine.Run(args);
    }
}
