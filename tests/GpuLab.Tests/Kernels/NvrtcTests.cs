using System.Text.RegularExpressions;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Nvrtc;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Tests.Cuda;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Kernels;

/// <summary>Kernels compiled from the sources that ship, by a double of libnvrtc whose compiler is clang.</summary>
[Collection(nameof(NvmlDouble))]
public sealed partial class NvrtcTests : IDisposable
{
    readonly CudaDouble machine = new CudaDouble("h100-sxm-80gb").Behave("lie 2", "memory 512").Here();

    public void Dispose()
    {
        Ask(null);
        machine.Dispose();
    }

    [Fact]
    public void Each_module_is_one_text_with_every_kernel_of_its_ptx()
    {
        foreach (var module in KernelModules.All)
        {
            var source = KernelSource.Of(KernelSource.RootOf(module));
            Assert.DoesNotMatch(@"#pragma once", source);
            Assert.All(Quoted().Matches(source), m => Assert.Equal("gpulab_host.hpp", m.Groups[1].Value));
            foreach (var file in KernelSources.Files.Where(f => f.EndsWith(".cuh", StringComparison.Ordinal)))
                Assert.True(Regex.Count(source, Regex.Escape($"#line 1 \"{Path.GetRelativePath(Path.Combine(EndToEnd.Sources.Root, "probes"), file)}\"")) <= 1, file);
        }
        Assert.Contains("#line 1 \"Memory/stream.cu\"", KernelSource.Of("Kernels/gpulab.cu"), StringComparison.Ordinal);
    }

    [ClangFact]
    public void Kernels_compiled_here_are_those_that_ship_and_say_what_compiled_them()
    {
        Ask("nvrtc");
        var session = CudaSession.Open();
        Assert.Equal("compiled by NVRTC 12.8 for compute_90", session.Kernels.Made);
        Assert.Equal("compiled by NVRTC 12.8 for compute_90a", session.Module(KernelModules.Hopper).Made);
        foreach (var entry in KernelImage.Entries(KernelModules.Common)) Assert.Equal(entry, session.Kernels[entry].Name);
        var check = KernelChecks.All.Single(c => c.Name == "chain.fp32");
        using var runner = new CudaRunner(session, check.Module);
        Assert.Null(check.Run(runner, 3));
    }

    [ClangFact]
    public void A_run_says_in_its_facts_that_kernels_were_compiled_here()
    {
        machine.Behave();
        machine.Nvml.Variables["GPULAB_KERNELS"] = "nvrtc";
        var run = GpuRun.Of(machine, "[whole]", "[{probe: mem.copy, bytes: 1MiB}]", "partitioner: none");
        Assert.True(run.Exit == 0, run.ToString());
        Assert.Equal("compiled by NVRTC 12.8 for compute_90", Assert.Single(run.Data.Events.OfType<TrialReady>()).Facts["kernels"]);
    }

    [ClangFact]
    public void An_error_comes_with_the_compilers_log()
    {
        var wrong = Assert.Throws<CudaException>(() => NvrtcCompiler.Ptx("#line 7 \"Memory/stream.cu\"\n__global__ void broken() { undeclared = 1; }\n", "broken.cu", "compute_80"));
        Assert.StartsWith("nvrtcCompileProgram(broken.cu, compute_80): ", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("NVRTC 12.8: NVRTC_ERROR_COMPILATION; Memory/stream.cu:7:", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("undeclared", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("invalid value for --gpu-architecture", Assert.Throws<CudaException>(() => NvrtcCompiler.Ptx("", "none.cu", "compute_1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_architecture_newer_than_the_library_gets_the_newest_that_it_knows()
    {
        Assert.Equal((80, 90, 90, 75), (NvrtcCompiler.Newest(80), NvrtcCompiler.Newest(90), NvrtcCompiler.Newest(120), NvrtcCompiler.Newest(75)));
    }

    [Fact]
    public void What_is_asked_for_and_cannot_be_had_is_refused_before_anything_is_touched()
    {
        Ask("cubin");
        Assert.Equal("GPULAB_KERNELS is 'cubin'; it may be ptx or nvrtc", Assert.Throws<ProbeSkippedException>(CudaSession.Open).Message);
        machine.Nvml.Variables["GPULAB_KERNELS"] = "nvrtc";
        machine.Nvml.Variables["GPULAB_NVRTC"] = "/nowhere/libnvrtc.so.12";
        var run = GpuRun.Of(machine, "[whole]", "[{probe: mem.copy, bytes: 1MiB}]", "partitioner: none");
        Assert.Equal(2, run.Exit);
        Assert.Contains("GPULAB_KERNELS=nvrtc asks for kernels compiled by NVRTC: libnvrtc.so.13 was not found (GPULAB_NVRTC names a library elsewhere)", run.Errors, StringComparison.Ordinal);
    }

    static void Ask(string? kernels) => Environment.SetEnvironmentVariable("GPULAB_KERNELS", kernels);

    [GeneratedRegex("""^\s*#include "([^"]+)""", RegexOptions.Multiline)]
    private static partial Regex Quoted();
}
