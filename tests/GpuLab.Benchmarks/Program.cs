using System.Globalization;
using BenchmarkDotNet.Running;

namespace GpuLab.Benchmarks;

static class Program
{
    static void Main(string[] args)
    {
        if (args is ["host-peers", var library, var pairs]) HostPeerComparison.Run(library, int.Parse(pairs, CultureInfo.InvariantCulture));
        else if (args is ["launch-peer", var peer, var launches]) LaunchComparison.Run(peer, int.Parse(launches, CultureInfo.InvariantCulture));
        else if (args is ["loading", var turns]) LoadComparison.Run(int.Parse(turns, CultureInfo.InvariantCulture));
        else if (args is ["gpu-worker", var starts]) GpuWorkerStarts.Run(int.Parse(starts, CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
        else if (args is ["large-runs", var root]) LargeRuns.Make(root);
        else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    }
}
