using GpuLab.Control.Host;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>When a load did what, CLOCK_MONOTONIC nanoseconds.</summary>
/// <param name="Read">When the last byte had been read.</param>
/// <param name="End">When all was in place.</param>
readonly record struct LoadTimes(long Start, long Read, long End);

/// <summary>
/// Reads chunks with several threads into a pool of blocks, and copies each to its place as soon as it is there: in any order, so that one slow read
/// holds nothing up.
/// </summary>
sealed unsafe class ChunkPipeline : IDisposable
{
    readonly object gate = new();
    readonly LoadFiles files;
    readonly LoadChunk[] chunks;

    readonly int[] descriptors;
    readonly byte* target;
    readonly Thread[] threads;
    readonly int[] cpus;
    readonly int chunk;

    readonly PinnedMemory pool;
    readonly int[] free;
    readonly (int Chunk, int Block)[] full;

    // All below under the gate.
    int round, working, next, read, taken, placed, freeCount, fullHead, fullCount;
    long readEnd, end;
    bool copying, ended;
    string? wrong;

    /// <param name="descriptors">Of the files, in their order.</param>
    /// <param name="pool">Blocks of one chunk each.</param>
    /// <param name="blocks">How many.</param>
    /// <param name="readers">Threads that read.</param>
    /// <param name="copiers">Threads that copy.</param>
    public ChunkPipeline(LoadFiles files, int[] descriptors, byte* target, int chunk, PinnedMemory pool, int blocks, int readers, int copiers, IReadOnlyList<int> cpus)
    {
        (this.files, this.descriptors, this.chunk, this.pool, this.cpus) = (files, descriptors, chunk, pool, [.. cpus]);
        this.target = target;
        chunks = files.Chunks(chunk);
        (free, full) = (new int[blocks], new (int, int)[blocks]);
        threads = new Thread[readers + copiers];
        for (var i = 0; i < threads.Length; i++)
        {
            Action role = i < readers ? Read : Copy;
            threads[i] = new(() => Loop(role), 256 << 10) { IsBackground = true, Name = i < readers ? "load read" : "load copy" };
            threads[i].Start();
        }
    }

    /// <summary>Loads everything once. Does not allocate.</summary>
    /// <param name="copy">Without it the data are read and forgotten: what reading alone takes.</param>
    /// <exception cref="CheckpointException">A file could not be read to the end that it had.</exception>
    public LoadTimes Load(bool copy = true)
    {
        lock (gate)
        {
            (next, read, taken, placed, fullHead, fullCount, readEnd, end, wrong) = (0, 0, 0, 0, 0, 0, 0, 0, null);
            (freeCount, copying, working) = (free.Length, copy, threads.Length);
            for (var i = 0; i < free.Length; i++) free[i] = i;
            var start = Monotonic.Now;
            round++;
            Monitor.PulseAll(gate);
            while (working > 0) Monitor.Wait(gate);
            return wrong is null ? new(start, readEnd, end) : throw new CheckpointException(wrong);
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
        Affinity.Pin(cpus);
        for (var seen = 0; ; seen++)
        {
            lock (gate)
            {
                while (round == seen && !ended) Monitor.Wait(gate);
                if (ended) return;
            }
            try
            {
                role();
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                Fail(broken.Message);
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
                while (freeCount == 0 && next < chunks.Length && wrong is null) Monitor.Wait(gate);
                if (next == chunks.Length || wrong is not null) return;
                (number, block) = (next++, free[--freeCount]);
            }
            if (!Fetch(chunks[number], pool.Start + (long)block * chunk)) return;
            lock (gate)
            {
                if (++read == chunks.Length) readEnd = end = Monotonic.Now;
                if (copying) full[(fullHead + fullCount++) % full.Length] = (number, block);
                else free[freeCount++] = block;
                Monitor.PulseAll(gate);
            }
        }
    }

    void Copy()
    {
        while (true)
        {
            int number, block;
            lock (gate)
            {
                if (!copying) return;
                while (fullCount == 0 && taken < chunks.Length && wrong is null) Monitor.Wait(gate);
                if (taken == chunks.Length || wrong is not null) return;
                (number, block) = full[fullHead];
                (fullHead, fullCount) = ((fullHead + 1) % full.Length, fullCount - 1);
                if (++taken == chunks.Length) Monitor.PulseAll(gate);
            }
            Place(pool.Start + (long)block * chunk, target + chunks[number].Target, chunks[number].Length);
            lock (gate)
            {
                free[freeCount++] = block;
                if (++placed == chunks.Length) end = Monotonic.Now;
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <returns>Whether the chunk is there; where it is not, the load has failed.</returns>
    bool Fetch(in LoadChunk wanted, byte* into)
    {
        var got = LoadFiles.Read(descriptors[wanted.File], wanted, into);
        if (got >= wanted.Length) return true;
        Fail(files.Reason(wanted, got));
        return false;
    }

    /// <summary>Copies from one page to another, past the caches: nobody reads the weights soon.</summary>
    internal static void Place(byte* from, byte* to, long length)
    {
        var whole = length / LoadFiles.Page * LoadFiles.Page;
        StreamKernels.Copy256Streaming((double*)to, (double*)from, (nuint)(whole / sizeof(double)));
        Buffer.MemoryCopy(from + whole, to + whole, length - whole, length - whole);
    }

    void Fail(string reason)
    {
        lock (gate)
        {
            wrong ??= reason;
            Monitor.PulseAll(gate);
        }
    }
}
