using System.Runtime.CompilerServices;

namespace GpuLab.Running;

/// <summary>
/// Single-producer single-consumer ring of samples in memory that worker and coordinator share.
/// Counters only grow; a full ring drops the new sample and counts it, because the hot loop must not wait.
/// </summary>
public sealed unsafe class SampleRing
{
    readonly RingHeader* header;
    readonly Sample* samples;
    readonly long mask;

    /// <param name="memory">Zeroed memory of <see cref="SizeOf"/> bytes.</param>
    /// <param name="capacity">A power of two.</param>
    public SampleRing(void* memory, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(capacity & (capacity - 1), 0);
        header = (RingHeader*)memory;
        samples = (Sample*)((byte*)memory + sizeof(RingHeader));
        mask = capacity - 1;
    }

    public static int SizeOf(int capacity) => sizeof(RingHeader) + capacity * sizeof(Sample);

    /// <summary>Samples written since the ring was last rewound.</summary>
    public long Written => Volatile.Read(ref header->Head);

    /// <summary>Samples lost because the ring was full.</summary>
    public long Dropped => Volatile.Read(ref header->Dropped);

    /// <summary>Samples that can be written before one is lost.</summary>
    public long Room => mask + 1 - (header->Head - Volatile.Read(ref header->Tail));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Write(long start, long end, long operations, double value, int metric, SampleFlags flags)
    {
        var head = header->Head;
        if (head - Volatile.Read(ref header->Tail) > mask)
        {
            header->Dropped++;
            return;
        }
        samples[head & mask] = new(start, end, operations, value, metric, flags, head);
        Volatile.Write(ref header->Head, head + 1);
    }

    /// <summary>Takes what has arrived since the last call, appending it to <paramref name="into"/>.</summary>
    public int Drain(List<Sample> into)
    {
        var tail = header->Tail;
        var head = Volatile.Read(ref header->Head);
        // A worker that scribbles over its memory must not make the coordinator loop or allocate without end.
        if (head < tail || head - tail > mask + 1) throw new WorkerException("the sample ring is corrupt");
        for (var i = tail; i < head; i++) into.Add(samples[i & mask]);
        Volatile.Write(ref header->Tail, head);
        return (int)(head - tail);
    }

    /// <summary>
    /// By the producer, while the consumer does not look: begins again at the front if all was taken. A phase then touches as much memory as it has samples,
    /// not in the end all of the ring.
    /// </summary>
    public void Rewind()
    {
        if (header->Head != Volatile.Read(ref header->Tail)) return;
        header->Head = 0;
        Volatile.Write(ref header->Tail, 0);
    }

    struct RingHeader
    {
        public long Head;
        fixed long apart[7];
        public long Tail;
        fixed long apartToo[7];
        public long Dropped;
        fixed long apartAsWell[7];
    }
}

/// <summary>A worker that broke its promises; costs the trial in flight. The message is the reason in the results.</summary>
public sealed class WorkerException(string message) : Exception(message);
