using System.Numerics;
using GpuLab.Probes.Llm;
using GpuLab.Running;

namespace GpuLab.Probes.Train;

/// <summary>
/// Sums the gradients of all slices through host memory: each puts its own there, adds up one part of all, and takes all parts back. The sum goes through the
/// slices in the order of their ranks and is made once, so that every slice gets the same bits.
/// </summary>
sealed unsafe class GradientExchange
{
    /// <summary>Flags by which <see cref="Replicas"/> compares: steps done, and a sum over the bits of all weights.</summary>
    const int Steps = 0, Bits = 1;

    readonly Communicator communicator;
    readonly int threads;
    readonly long count;

    /// <summary>Gradients of one slice after the other, and then their sum.</summary>
    readonly float* shared;

    /// <param name="count">Numbers, whole cache lines.</param>
    /// <exception cref="ProbeSkippedException">There is not enough memory.</exception>
    public GradientExchange(Communicator communicator, long count, int threads)
    {
        (this.communicator, this.count, this.threads) = (communicator, count, threads);
        shared = (float*)communicator.Reserve(Bytes(count, communicator.Size));
    }

    /// <summary>Memory that all slices share.</summary>
    public static long Bytes(long count, int slices) => (slices + 1) * count * sizeof(float);

    /// <summary>To be called by every thread of every slice.</summary>
    public void Run(int thread, float* gradients, TeamBarrier barrier)
    {
        var sum = shared + communicator.Size * count;
        Copy(thread, gradients, shared + communicator.Rank * count);
        Meet(thread, barrier);
        var (lines, parts) = (count / 16, communicator.Size * threads);
        var part = communicator.Rank * threads + thread;
        var end = Share.First(lines, part + 1, parts) * 16;
        for (var i = Share.First(lines, part, parts) * 16; i < end; i += Vector<float>.Count)
        {
            var all = Vector.Load(shared + i);
            for (var rank = 1; rank < communicator.Size; rank++) all += Vector.Load(shared + rank * count + i);
            all.Store(sum + i);
        }
        Meet(thread, barrier);
        Copy(thread, sum, gradients);
    }

    /// <summary>Compares what all slices have become; each must come here equally often.</summary>
    /// <returns>What differs, or null.</returns>
    public string? Replicas(int step, float* weights)
    {
        var bits = Vector<ulong>.Zero;
        for (long i = 0; i < count; i += Vector<float>.Count)
        {
            // Rotated, so that two weights that changed places do not go unnoticed.
            bits = (bits << 1 | bits >>> 63) ^ Vector.Load((ulong*)(weights + i));
        }
        var folded = 0UL;
        for (var i = 0; i < Vector<ulong>.Count; i++) folded = BitOperations.RotateLeft(folded, 7) ^ bits[i];
        communicator.Set(Steps, step);
        communicator.Set(Bits, (long)folded);
        communicator.Meet();
        string? wrong = null;
        for (var rank = 0; rank < communicator.Size; rank++)
        {
            if (communicator.Seen(rank, Steps) != step) wrong ??= FormattableString.Invariant($"{communicator.Slices[rank]} has done {communicator.Seen(rank, Steps)} steps and this slice {step}");
            else if (communicator.Seen(rank, Bits) != (long)folded) wrong ??= $"the weights of {communicator.Slices[rank]} are no longer those of this slice";
        }
        communicator.Meet();
        return wrong;
    }

    void Copy(int thread, float* from, float* to)
    {
        var (first, end) = (Share.First(count / 16, thread, threads) * 16, Share.First(count / 16, thread + 1, threads) * 16);
        Buffer.MemoryCopy(from + first, to + first, (end - first) * sizeof(float), (end - first) * sizeof(float));
    }

    void Meet(int thread, TeamBarrier barrier)
    {
        barrier.Meet();
        if (thread == 0) communicator.Meet();
        barrier.Meet();
    }
}
