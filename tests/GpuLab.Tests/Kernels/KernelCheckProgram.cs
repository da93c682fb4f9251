using GpuLab.Probes.Kernels;

namespace GpuLab.Tests.Kernels;

/// <summary>The checks of all kernels as a program, so that they can run under sanitizers, which must be in a process from its start.</summary>
static class KernelCheckProgram
{
    /// <summary>Orders of threads and blocks, with the OS threads that share each launch. A missing barrier can be right by luck in one of them.</summary>
    public static IReadOnlyList<(uint Order, int Threads)> Orders { get; } = [(0, 1), (1, 1), (2, 1), (3, 2)];

    /// <summary>What has a host build: all but wgmma, which the tests of the modules name as left to a GPU.</summary>
    public static IReadOnlyList<KernelCheck> Checks { get; } = [.. KernelChecks.All.Where(c => c.Module != KernelModules.Hopper)];

    /// <summary>One line for each check and order: <c>right NAME ORDER</c>, or <c>wrong</c> with the reason.</summary>
    public static int Run(string library)
    {
        var failed = 0;
        foreach (var (order, threads) in Orders)
        {
            foreach (var check in Checks)
            {
                using var kernels = new HostKernels(library, order, threads);
                var wrong = check.Run(kernels, 7 + order);
                Console.WriteLine(wrong is null ? $"right {check.Name} {order}" : $"wrong {check.Name} {order}: {wrong}");
                if (wrong is not null) failed = 1;
            }
        }
        return failed;
    }

    /// <summary>Launches one kernel of tests/native/kernels/planted.cpp: two blocks of 64 threads over 128 words. Comes back only if nothing stops it.</summary>
    public static int RunPlanted(string library, string kernel)
    {
        using var kernels = new HostKernels(library, 0);
        kernels.Launch(kernel, new(2, 64), kernels.Allocate(4 * 128), kernels.Allocate(4 * 128));
        return 0;
    }
}
