using GpuLab.Probes.Kernels;

namespace GpuLab.Tests.Kernels;

/// <summary>Every kernel on this processor against its reference, in several orders of threads and blocks.</summary>
public sealed class KernelCheckTests
{
    const ulong Seed = 20260614;

    public static TheoryData<string> Names => [.. KernelChecks.All.Select(c => c.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_kernel_is_right_in_every_order_of_threads(string name)
    {
        var check = KernelChecks.All.Single(c => c.Name == name);
        foreach (var (order, threads) in KernelCheckProgram.Orders)
        {
            using var kernels = new HostKernels(HostKernels.Library, order, threads);
            Assert.True(check.Run(kernels, Seed + order) is not { } wrong, $"order {order}, {threads} threads: {check.Run(kernels, Seed + order)}");
        }
    }
}
