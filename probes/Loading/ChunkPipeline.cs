using System.Runtime.ExceptionServices;
using GpuLab.Control.Host;
using GpuLab.Probes.Checkpoints;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>When a load did what, CLOCK_MONOTONIC nanoseconds.</summary>
/// <param name="Read">When the last byte had been read.</param>
/// <param name="End">When all was in place.</param>
readonly record struct LoadTimes(long Start, long Read, long End);

/// <summary>What chunks come out of, and by which way.</summary>
/// <param name="Descriptors">Of files, in their order; null where all lies in memory already.</param>
/// <param name="Memory">That memory; a chunk's offset is counted from its beginning.</param>
/// <param name="Pool">Blocks that chunks are read to and copied from; null where they are copied from memory.</param>
/// <param name="Block">Bytes of one.</param>
/// <param name="Readers">Threads that fetch chunks; none where nothing is to be read.</param>
sealed record ChunkSource(int[]? Descriptors, PinnedMemory? Memory, PinnedMemory? Pool, int Block, int Blocks, int Readers);

/// <summary>
/// Reads chunks with several threads into a pool of blocks, and begins to copy each as soon as it is there: in any order, so that one slow read
/// holds nothing up. A block is free again when its copy has arrived. Of what lies in memory already only the copies are left to do.
/// </summary>
sealed unsafe class ChunkPipeline : IDisposable
{
    readonly object gate = new();
    readonly LoadChunk[] chunks;
    readonly Func<LoadChunk, long, string> reason;
    readonly ILoadPlace place;
    readonly ChunkSource source;
    readonly Thread[] threads;
    readonly int[] cpus;

    readonly int[] free;
    readonly (int Chunk, int Block)[] full;

    // All below under the gate.
    int round, working, next, last, read, taken, placed, wanted, freeCount, fullHead, fullCount;
    long readEnd, end;
    bool copying, ended;
    Exception? wrong;

    /// <param name="reason">What to say of a chunk of which only so many bytes could be read.</param>
    /// <param name="cpus">Where the threads run; none leaves it to the kernel.</param>
    public ChunkPipeline(LoadChunk[] chunks, Func<LoadChunk, long, string> reason, ILoadPlace place, ChunkSource source, IReadOnlyList<int> cpus)
    {
        (this.chunks, this.reason, this.place, this.source, this.cpus) = (chunks, reason, place, source, [.. cpus]);
        (free, full) = (new int[source.Blocks], new (int, int)[source.Blocks]);
        threads = new Thread[source.Readers + place.Copiers];
        for (var i = 0; i < threads.Length; i++)
        {
            var copier = i - source.Readers;
            Action role = copier < 0 ? Read : () => Copy(copier);
            threads[i] = new(() => Loop(role), 256 << 10) { IsBackground = true, Name = i < source.Readers ? "load read" : "load copy" };
            threads[i].Start();
        }
    }

    /// <summary>Loads everything once. Does not allocate.</summary>
    /// <param name="copy">Without it the data are read and forgotten: what reading alone takes.</param>
    /// <exception cref="CheckpointException">A file could not be read to the end that it had.</exception>
    public LoadTimes Load(bool copy = true) => Load(0, chunks.Length, copy);

    /// <summary>Loads some of the chunks once. Does not allocate.</summary>
    public LoadTimes Load(int first, int end, bool copy = true)
    {
        lock (gate)
        {
            (next, last, wanted, read, taken, placed, fullHead, fullCount, wrong) = (first, end, end - first, 0, 0, 0, 0, 0, null);
            (freeCount, copying, working) = (free.Length, copy, threads.Length);
            for (var i = 0; i < free.Length; i++) free[i] = i;
            var start = Monotonic.Now;
            (readEnd, this.end) = (start, start);
            round++;
            Monitor.PulseAll(gate);
            while (working > 0) Monitor.Wait(gate);
            if (wrong is not null) ExceptionDispatchInfo.Throw(wrong);
            return new(start, readEnd, this.end);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            ended = true;
            Monitor.PulseAll(gate);
        }
        foreach (var thread in threads) thread.Join();
    }

    void Loop(Action role)
    {
        var entered = false;
        for (var seen = 0; ; seen++)
        {
            lock (gate)
            {
                while (round == seen && !ended) Monitor.Wait(gate);
                if (ended) return;
            }
            try
            {
                if (!entered)
                {
                    if (cpus.Length > 0) Affinity.Pin(cpus);
                    place.Enter();
                    entered = true;
                }
                role();
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                Fail(broken);
            }
            lock (gate)
            {
                if (--working == 0) Monitor.PulseAll(gate);
            }
        }
    }

    void Read()
    {
        while (true)
        {
            int number, block;
            lock (gate)
            {
                while (freeCount == 0 && next < last && wrong is null) Monitor.Wait(gate);
                if (next == last || wrong is not null) return;
                (number, block) = (next++, free[--freeCount]);
            }
            if (!Fetch(chunks[number], Block(block))) return;
            lock (gate)
            {
                if (++read == wanted) readEnd = end = Monotonic.Now;
                if (copying) full[(fullHead + fullCount++) % full.Length] = (number, block);
                else free[freeCount++] = block;
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>Begins copies as long as there are chunks and slots; then waits for the oldest.</summary>
    /// <param name="copier">The thread's number among those that copy.</param>
    void Copy(int copier)
    {
        var (first, count, depth) = (0, 0, place.Depth);
        var blocks = stackalloc int[depth];
        while (true)
        {
            int number, block;
            lock (gate)
            {
                if (!copying) return;
                while (count == 0 && !Waiting && !Over) Monitor.Wait(gate);
                var more = count < depth && Waiting && wrong is null;
                if (!more && count == 0) return;
                (number, block) = more ? Take() : (-1, -1);
            }
            if (number >= 0)
            {
                var slot = (first + count++) % depth;
                blocks[slot] = block;
                ref readonly var chunk = ref chunks[number];
                place.Start(copier * depth + slot, source.Pool is null ? source.Memory!.Start + chunk.Offset : Block(block), chunk.Target, chunk.Length);
                continue;
            }
            place.Finish(copier * depth + first);
            lock (gate)
            {
                if (blocks[first] >= 0) free[freeCount++] = blocks[first];
                if (++placed == wanted) end = Monotonic.Now;
                Monitor.PulseAll(gate);
            }
            (first, count) = ((first + 1) % depth, count - 1);
        }
    }

    /// <summary>Under the gate: whether a chunk can be copied now, and whether none will ever be again.</summary>
    bool Waiting => source.Pool is null ? next < last : fullCount > 0;

    bool Over => wrong is not null || taken == wanted;

    (int Chunk, int Block) Take()
    {
        if (++taken == wanted) Monitor.PulseAll(gate);
        if (source.Pool is null) return (next++, -1);
        var first = full[fullHead];
        (fullHead, fullCount) = ((fullHead + 1) % full.Length, fullCount - 1);
        return first;
    }

    byte* Block(int number) => source.Pool!.Start + (long)number * source.Block;

    /// <returns>Whether the chunk is there; where it is not, the load has failed.</returns>
    bool Fetch(in LoadChunk chunk, byte* into)
    {
        var got = LoadFiles.Read(source.Descriptors![chunk.File], chunk, into);
        if (got >= chunk.Length) return true;
        Fail(new CheckpointException(reason(chunk, got)));
        return false;
    }

    void Fail(Exception broken)
    {
        lock (gate)
        {
            wrong ??= broken;
            Monitor.PulseAll(gate);
        }
    }
}
