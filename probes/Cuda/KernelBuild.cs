using System.Globalization;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Nvrtc;

namespace GpuLab.Probes.Cuda;

/// <summary>Where kernels come from: PTX as it ships or, where it is asked for, the sources that ship, compiled by NVRTC for the GPU that is there.</summary>
static class KernelBuild
{
    /// <summary>Environment variable: <c>ptx</c> or <c>nvrtc</c>.</summary>
    public const string Variable = "GPULAB_KERNELS";

    const string Ptx = "ptx", Nvrtc = "nvrtc";

    static string Asked => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } asked ? asked : Ptx;

    /// <summary>Why kernels cannot be had as they are asked for, or null.</summary>
    public static string? Obstacle => Asked switch
    {
        Ptx => null,
        Nvrtc => Probes.Nvrtc.Nvrtc.Present ? null : $"{Variable}={Nvrtc} asks for kernels compiled by NVRTC: {NvidiaLibraries.Compiler.Missing}",
        var other => $"{Variable} is '{other}'; it may be {Ptx} or {Nvrtc}",
    };

    /// <summary>Loads a module.</summary>
    /// <param name="module">One of <see cref="KernelModules"/>.</param>
    /// <exception cref="Running.ProbeSkippedException">This driver or device cannot take it, or it cannot be had as asked for.</exception>
    /// <exception cref="CudaException">A compiler refused it; with what it said.</exception>
    public static CudaModule Load(CudaContext context, string module)
    {
        if (Obstacle is { } obstacle) throw new Running.ProbeSkippedException(obstacle);
        if (Asked == Ptx) return CudaModule.Load(context, KernelImage.Of(module));
        var (architecture, source) = (Architecture(module, context.Device), KernelSource.RootOf(module));
        return CudaModule.Load(context, NvrtcCompiler.Ptx(KernelSource.Of(source), source, architecture), $"compiled by NVRTC {NvrtcCompiler.Version} for {architecture}");
    }

    /// <summary>The device's own, but for modules that need another or one only.</summary>
    static string Architecture(string module, CudaDevice device)
    {
        const int fp8 = 89;
        var own = NvrtcCompiler.Newest(device.Capability.Major * 10 + device.Capability.Minor);
        return module == KernelModules.Hopper ? "compute_90a" : string.Create(CultureInfo.InvariantCulture, $"compute_{(module == KernelModules.Fp8 ? Math.Max(own, fp8) : own)}");
    }
}
