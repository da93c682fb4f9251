using System.Globalization;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Compute;

/// <summary>The most that the SMs of a device can do: operations a cycle, two a multiply-add, dense.</summary>
/// <remarks>CUDA C++ Programming Guide, throughput of arithmetic instructions; architecture papers of A100 and H100 for tensor cores.</remarks>
static class ComputePeak
{
    /// <summary>
    /// What is missing is unknown: later architectures until somebody has read their tables, and products where those sold under one capability differ,
    /// as with 8.6 and 8.9, which come with the full rate of sums in single precision and with half of it.
    /// </summary>
    static readonly Dictionary<(int Major, int Minor, string Kind), double> perCycle = new()
    {
        [(8, 0, "fp32")] = 128, [(8, 0, "fp64")] = 64, [(8, 0, "int32")] = 128,
        [(8, 6, "fp32")] = 256, [(8, 6, "fp64")] = 4, [(8, 6, "int32")] = 128,
        [(8, 9, "fp32")] = 256, [(8, 9, "fp64")] = 4, [(8, 9, "int32")] = 128,
        [(9, 0, "fp32")] = 256, [(9, 0, "fp64")] = 128, [(9, 0, "int32")] = 128,
        [(8, 0, "tf32")] = 1024, [(8, 0, "bf16")] = 2048, [(8, 0, "fp16")] = 2048, [(8, 0, "int8")] = 4096,
        [(9, 0, "tf32")] = 2048, [(9, 0, "bf16")] = 4096, [(9, 0, "fp16")] = 4096, [(9, 0, "fp8")] = 8192, [(9, 0, "int8")] = 8192,
    };

    /// <summary>Unknown where it is not known for this architecture.</summary>
    /// <param name="clock">Hz, measured.</param>
    public static Ceiling Of(CudaDevice device, string kind, double clock) =>
        perCycle.TryGetValue((device.Capability.Major, device.Capability.Minor, kind), out var operations)
            ? new(device.Sms * operations * clock, string.Create(CultureInfo.InvariantCulture, $"{device.Sms} SMs × {operations} operations a cycle × {clock / 1e9:0.000} GHz measured under this load"))
            : Ceiling.Unknown(string.Create(CultureInfo.InvariantCulture, $"how many operations of {kind} an SM of compute capability {device.Capability.Major}.{device.Capability.Minor} does in a cycle is not in the table; what was measured is in the facts"));
}
