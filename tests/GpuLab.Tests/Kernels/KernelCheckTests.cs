using System.Diagnostics;
using GpuLab.Probes.Kernels;

namespace GpuLab.Tests.Kernels;

/// <summary>Every kernel on this processor against its reference, in several orders of threads and blocks; and that faults would be found.</summary>
public sealed class KernelCheckTests
{
    const ulong Seed = 20260614;

    public static TheoryData<string> Names => [.. KernelCheckProgram.Checks.Select(c => c.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_kernel_is_right_in_every_order_of_threads(string name)
    {
        var check = KernelCheckProgram.Checks.Single(c => c.Name == name);
        Assert.All(KernelCheckProgram.Orders, o =>
        {
            using var kernels = new HostKernels(HostKernels.Library, o.Order, o.Threads);
            Assert.Null(check.Run(kernels, Seed + o.Order));
        });
    }

    [Fact]
    public void All_kernels_are_right_under_address_and_undefined_behaviour_sanitizers()
    {
        var (exit, output, errors) = Sanitized("kernel-checks", HostKernels.Sanitized);
        Assert.True(exit == 0, output + errors);
        Assert.Equal(KernelCheckProgram.Checks.Count * KernelCheckProgram.Orders.Count, output.Split('\n').Count(l => l.StartsWith("right ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_barrier_that_is_missing_shows_in_some_order()
    {
        var right = KernelCheckProgram.Orders.Count(o =>
        {
            using var kernels = new HostKernels(HostKernels.Planted, o.Order);
            uint[] values = [.. Enumerable.Range(1, 128).Select(i => (uint)i)];
            var target = kernels.Allocate(4 * 128);
            kernels.Launch("gl_planted_race", new(2, 64), kernels.Allocate<uint>(values), target);
            return kernels.Download<uint>(target, 128).SequenceEqual(values.Select((_, i) => values[i / 64 * 64 + (i + 1) % 64]));
        });
        Assert.True(right < KernelCheckProgram.Orders.Count);
    }

    [Theory]
    [InlineData("gl_planted_overrun", "heap-buffer-overflow")]
    [InlineData("gl_planted_shared_overrun", "out of bounds")]
    [InlineData("gl_planted_overflow", "signed integer overflow")]
    public void Sanitizers_find_a_planted_fault(string kernel, string finding)
    {
        var (exit, _, errors) = Sanitized("kernel-planted", HostKernels.SanitizedPlanted, kernel);
        Assert.NotEqual(0, exit);
        Assert.Contains(finding, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warp_collective_that_a_part_of_a_warp_meets_ends_the_process()
    {
        var (exit, _, errors) = Run([], "kernel-planted", HostKernels.Planted, "gl_planted_divergence");
        Assert.NotEqual(0, exit);
        Assert.Contains("gpulab host kernels: ", errors, StringComparison.Ordinal);
    }

    /// <summary>Virtual time makes this exact: half of each period, half of the work.</summary>
    [Fact]
    public void An_aggressor_works_for_the_part_of_time_that_its_dial_says()
    {
        using var kernels = new HostKernels(HostKernels.Library, 0);
        var counts = new[] { 1.0, 0.5, 0.25 }.Select(duty =>
        {
            var work = kernels.Allocate(4);
            kernels.Launch("gl_storm_fence", new(1, 32), kernels.Allocate(4 * 32), 1_000_000u, (uint)(50_000 * duty), 50_000u, 0u, work);
            return (double)kernels.Download<uint>(work, 1)[0];
        }).ToArray();
        Assert.InRange(counts[1] / counts[0], 0.49, 0.51);
        Assert.InRange(counts[2] / counts[0], 0.24, 0.26);
    }

    static (int Exit, string Output, string Errors) Sanitized(params string[] arguments)
    {
        // The run-time library of the sanitizer must come before all others; the runtime of .NET keeps its own handlers of signals.
        using var compiler = Process.Start(new ProcessStartInfo("g++", ["-print-file-name=libasan.so"]) { RedirectStandardOutput = true })!;
        var library = compiler.StandardOutput.ReadToEnd().Trim();
        compiler.WaitForExit();
        return Run(new() { ["LD_PRELOAD"] = library, ["ASAN_OPTIONS"] = "detect_leaks=0:handle_segv=0:handle_sigfpe=0:use_sigaltstack=0", ["UBSAN_OPTIONS"] = "print_stacktrace=1" }, arguments);
    }

    static (int Exit, string Output, string Errors) Run(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(KernelCheckTests).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
