namespace GpuLab.Probes.Kernels;

/// <summary>The modules that ship, as resources of this assembly; scripts/kernels makes them.</summary>
public static class KernelModules
{
    /// <summary>What every GPU from compute capability 8.0 on runs. PTX 7.4: a driver of CUDA 11.4 or newer.</summary>
    public const string Common = "gpulab.sm_80.ptx";

    /// <summary>Language models, with the same needs; apart, so that only what uses them waits for their compilation.</summary>
    public const string Llm = "gpulab.llm.sm_80.ptx";

    /// <summary>8-bit floating point by mma.sync: compute capability 8.9 or newer. PTX 8.4: CUDA 12.4.</summary>
    public const string Fp8 = "gpulab.sm_89.ptx";

    /// <summary>wgmma: compute capability 9.0 alone. PTX 8.0: CUDA 12.0. Has no host build, so only a GPU proves it.</summary>
    public const string Hopper = "gpulab.sm_90a.ptx";

    public static IReadOnlyList<string> All { get; } = [Common, Llm, Fp8, Hopper];
}
