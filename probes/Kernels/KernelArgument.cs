namespace GpuLab.Probes.Kernels;

/// <summary>One parameter of a kernel as its bits, the lowest first: a launch reads as many bytes of it as the parameter has.</summary>
public readonly record struct KernelArgument(ulong Bits)
{
    public static implicit operator KernelArgument(ulong value) => new(value);

    public static implicit operator KernelArgument(uint value) => new(value);

    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToUInt32Bits(value));

    public static implicit operator KernelArgument(double value) => new(BitConverter.DoubleToUInt64Bits(value));
}
