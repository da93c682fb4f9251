using System.Globalization;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Compute;

/// <summary>Chains of multiply-adds in registers (chains.cu) on all SMs.</summary>
sealed unsafe class ChainLoop<T> : IComputeLoop
    where T : unmanaged, IEquatable<T>, IFormattable
{
    /// <summary>Four warps for each of an SM's four schedulers; with eight chains each that hides the latency of any of these instructions.</summary>
    const int Threads = 512;

    readonly CudaStream stream;
    readonly CudaKernel kernel;
    readonly DeviceMemory bits;
    readonly Func<ulong, long, long, T> reference;
    readonly ulong seed;
    readonly int blocks;

    /// <param name="reference">Bits that a thread leaves, from the seed, its number, and steps.</param>
    public ChainLoop(CudaSession session, CudaStream stream, string name, ulong seed, Func<ulong, long, long, T> reference)
    {
        (this.stream, this.seed, this.reference) = (stream, seed, reference);
        kernel = session.Kernels[name];
        blocks = session.Device.Sms;
        bits = new(session.Context, (long)blocks * Threads * sizeof(T));
    }

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{kernel.Name}, {blocks} blocks of {Threads} threads");

    public double OperationsPerRound => (double)blocks * Threads * ChainReference.OperationsPerRound;

    public uint MostRounds => 1u << 24;

    public void Launch(uint rounds) => kernel.Launch(stream, blocks, Threads, 0, bits.Start.Address, seed, rounds);

    public void Poison() => bits.Fill(0xDB, stream);

    /// <summary>The first thread, the last and one of all others.</summary>
    public string? Wrong(uint rounds)
    {
        var all = (long)blocks * Threads;
        foreach (var thread in (long[])[0, all - 1, (long)(seed % (ulong)all)])
        {
            T found;
            bits.CopyTo(&found, sizeof(T), thread * sizeof(T), stream);
            stream.Synchronize();
            var expected = reference(seed, thread, (long)rounds * ChainReference.Steps);
            if (!found.Equals(expected)) return string.Create(CultureInfo.InvariantCulture, $"thread {thread} left {found:x} instead of {expected:x}");
        }
        return null;
    }

    public void Dispose() => bits.Dispose();
}
