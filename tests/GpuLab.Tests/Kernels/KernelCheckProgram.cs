using GpuLab.Probes.Kernels;

namespace GpuLab.Tests.Kernels;

/// <summary>The checks of all kernels as a program, so that they can run under sanitizers, which must be in a process from its start.</summary>
static class KernelCheckProgram
{
    /// <summary>Orders of threads and blocks, with the OS threads that share each launch. A missing barrier can be right by luck in one of them.</summary>
    public static IReadOnlyList<(uint Order, int Threads)> Orders { get; } = [(0, 1), (1, 1), (2, 1), (3, 2)];

    /// <summary>One line for each check and order: <c>right NAME ORDER</c>, or <c>wrong</c> with the reason.</summary>
    public static int Run(string library)
    {
        var failed = 0;
        foreach (var (order, threads) in Orders)
        {
            foreach (var check in KernelChecks.All)
            {
                using var kernels = new HostKernels(library, order, threads);
                var wrong = check.Run(kernels, 7 + order);
                Console.WriteLine(wrong is null ? $"right {check.Name} {order}" : $"wrong {check.Name} {order}: {wrong}");
                if (wrong is not null) failed = 1;
            }
        }
        return failed;
    }
}
