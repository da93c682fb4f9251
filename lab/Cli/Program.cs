using GpuLab.Cli.Verbs;
using GpuLab.Probes;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Cli;

static class Program
{
    static async Task<int> Main(string[] args)
    {
        // A worker is started for every slice of every layout; it must not pay for the command line.
        if (args is ["worker", .. var rest]) return WorkerEntry.Run(rest, Catalogue.For, Affinity.Pin);
        return await CommandLine.Run(args);
    }
}
