using GpuLab.Control.Host;
using GpuLab.Running;
using GpuLab.Tests.Cuda;
using GpuLab.Tests.EndToEnd;
using GpuLab.Tests.Kernels;
using GpuLab.Tests.Running;

namespace GpuLab.Tests;

/// <summary>
/// The test assembly as a program: started as a worker, the real worker host with probes that misbehave; started by
/// scripts/kill-test, the same loop as in the tests with more kills; by tests/on-double, any program on a machine of doubles; and checks of kernels, for a
/// process with sanitizers or one that is to be stopped.
/// </summary>
static class Program
{
    static int Main(string[] args) => args switch
    {
        ["worker", .. var rest] => WorkerEntry.Run(rest, FakeProbes.For, cpu => Affinity.Pin(cpu)),
        ["kill-test", .. var rest] => KillProgram.Run(rest).GetAwaiter().GetResult(),
        ["on-double", var keys, var program, .. var rest] => DoubleProgram.Run(keys, program, rest),
        ["kernel-checks", var library] => KernelCheckProgram.Run(library),
        ["kernel-planted", var library, var kernel] => KernelCheckProgram.RunPlanted(library, kernel),
        _ => 2,
    };
}
