using System.Globalization;
using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>The driver as a whole: whether there is one, what it can do, and its start.</summary>
public static unsafe class CudaDriver
{
    /// <summary>What the shipped kernels need: PTX 7.4, which came with CUDA 11.4.</summary>
    public const int Least = 11040;

    const string LeastName = "CUDA 11.4 (R470)";

    static readonly Lock gate = new();
    static bool open;

    /// <summary>CUDA release that the driver supports, as 1000·major + 10·minor; 0 where there is no driver. Starts nothing.</summary>
    public static int Version => Ask(out var version) == CUresult.Success ? version : 0;

    /// <summary><c>12.8</c></summary>
    public static string VersionText => string.Create(CultureInfo.InvariantCulture, $"{Version / 1000}.{Version % 1000 / 10}");

    /// <summary>Why nothing can be measured through this driver, or null. Starts nothing, so that looking does not occupy the GPU.</summary>
    public static string? Obstacle =>
        !Cuda.Present ? "there is no CUDA driver on this machine: libcuda.so.1 was not found (GPULAB_CUDA names a library elsewhere)"
        : Ask(out var version) is not CUresult.Success and var status ? $"the CUDA driver does not say its version: {CudaCall.Text(status)}"
        : version < Least ? $"the driver supports CUDA {VersionText}; the kernels need {LeastName} or newer"
        : KernelBuild.Obstacle;

    /// <summary>Starts the driver in this process if it has not been.</summary>
    /// <exception cref="ProbeSkippedException">There is none, or it is too old.</exception>
    /// <exception cref="CudaException">It does not start.</exception>
    public static void Open()
    {
        lock (gate)
        {
            if (open) return;
            if (Obstacle is { } obstacle) throw new ProbeSkippedException(obstacle);
            CudaCall.Check(Cuda.cuInit(0));
            open = true;
        }
    }

    static CUresult Ask(out int version)
    {
        version = 0;
        fixed (int* answer = &version) return Cuda.Present ? Cuda.cuDriverGetVersion(answer) : CUresult.NoDevice;
    }

    /// <summary>Demands calls that came later than <see cref="Least"/> or that not every driver has.</summary>
    /// <param name="what">What cannot be done without them: <c>graphs</c>.</param>
    /// <exception cref="ProbeSkippedException">This driver lacks one.</exception>
    public static void Need(string what, params ReadOnlySpan<string> calls)
    {
        foreach (var call in calls)
        {
            if (!Cuda.Has(call)) throw new ProbeSkippedException($"{what} cannot be had: this driver (CUDA {VersionText}) has no {call}");
        }
    }
}
