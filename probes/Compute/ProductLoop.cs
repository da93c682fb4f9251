using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Compute;

/// <summary>Operands of a product on the device, and what each group of threads must hold after one round.</summary>
/// <param name="Product">Of one group, in the order in which the kernel writes it.</param>
/// <param name="Size">Most that Σ |a b| of an element can be.</param>
/// <param name="Bits">That a tensor core keeps of a sum; what does not fit is cut off.</param>
readonly record struct ProductOperands(ulong A, ulong B, long[] Product, double Size, int Bits)
{
    /// <summary>
    /// Whether a sum in floating point can be what rounds of a product give. Sums are exact as long as they fit; then each round may cut some
    /// units of the last place off them, which is more of a sum the longer it has grown.
    /// </summary>
    public bool Near(float sum, long product, uint rounds) => Size * rounds < Math.ScaleB(1, Bits)
        ? sum == product * rounds
        : Math.Abs(sum - (double)product * rounds) <= rounds * (Math.Abs(product) * Math.Min(1, 16 * rounds * Math.ScaleB(1, -Bits)) + Size * Math.ScaleB(16, -Bits));
}

/// <summary>How a kernel of products is launched.</summary>
/// <param name="Groups">Groups of a block, each with a product of its own.</param>
/// <param name="Operations">Of a group in a round.</param>
/// <param name="BlocksPerSm">So many that the tensor cores are never without work.</param>
sealed record ProductShape(string Module, string Kernel, int Threads, int Groups, double Operations, int BlocksPerSm);

/// <summary>Products on the tensor cores: d grows by the same product in each round. T is float, or int where sums wrap.</summary>
sealed unsafe class ProductLoop<T> : IComputeLoop
    where T : unmanaged
{
    readonly CudaStream stream;
    readonly ProductShape shape;
    readonly CudaRunner runner;
    readonly CudaKernel kernel;
    readonly ProductOperands operands;
    readonly DeviceMemory sums;
    readonly int blocks;

    public ProductLoop(CudaSession session, CudaStream stream, ProductShape shape, Func<IKernelRunner, ProductOperands> make)
    {
        (this.stream, this.shape) = (stream, shape);
        runner = new(session, shape.Module);
        try
        {
            kernel = session.Module(shape.Module)[shape.Kernel];
            operands = make(runner);
            blocks = session.Device.Sms * shape.BlocksPerSm;
            sums = new(session.Context, (long)blocks * shape.Groups * operands.Product.Length * sizeof(T));
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{shape.Kernel}, {blocks} blocks of {shape.Threads} threads");

    public double OperationsPerRound => blocks * shape.Groups * shape.Operations;

    /// <summary>For tests that plant an error.</summary>
    internal CUdeviceptr Sums => sums.Start;

    public uint MostRounds => 1u << 16;

    public void Launch(uint rounds) => kernel.Launch(stream, blocks, shape.Threads, 0, operands.A, operands.B, sums.Start.Address, rounds);

    public void Poison() => sums.Fill(0xDB, stream);

    /// <summary>The first group against the reference, all others against the first, bit for bit: they had the same operands.</summary>
    public string? Wrong(uint rounds)
    {
        var (length, groups) = (operands.Product.Length, blocks * shape.Groups);
        var found = new T[(long)groups * length];
        fixed (T* host = found) sums.CopyTo(host, sums.Bytes, 0, stream);
        stream.Synchronize();
        for (var i = 0; i < length; i++)
        {
            if (!Near(found[i], operands.Product[i], rounds)) return string.Create(CultureInfo.InvariantCulture, $"element {i} is {found[i]} after {rounds} rounds of {operands.Product[i]}");
        }
        var first = MemoryMarshal.AsBytes(found.AsSpan(0, length));
        for (var group = 1; group < groups; group++)
        {
            if (!MemoryMarshal.AsBytes(found.AsSpan(group * length, length)).SequenceEqual(first)) return string.Create(CultureInfo.InvariantCulture, $"group {group} differs from the first");
        }
        return null;
    }

    public void Dispose()
    {
        sums.Dispose();
        runner.Dispose();
    }

    /// <summary>Whole numbers wrap.</summary>
    bool Near(T found, long product, uint rounds) => found switch
    {
        int whole => whole == unchecked((int)(product * rounds)),
        float sum => operands.Near(sum, product, rounds),
        _ => false,
    };
}
