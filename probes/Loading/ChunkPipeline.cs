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
/// holds nothing up. From the page cache or from memory there is nothing to wait for: the thread that fetches a chunk brings it to its place.
/// </summary>
sealed unsafe class ChunkPipeline : IDisposable
{
    readonly object gate = new();
    readonly LoadFiles files;
    readonly LoadChunk[] chunks;

    /// <summary>Null where the weights are in memory already.</summary>
    readonly int[]? descriptors;
    readonly byte* source, target;
    readonly Thread[] threads;
    readonly int[] cpus;
    readonly int chunk;

    /// <summary>What the kernel copies from the page cache at once: small enough to stay in a core's cache until it is copied on past the caches.
    /// Copied to the place itself it would be read from memory first, line by line, only to be overwritten.</summary>
    const int Piece = 128 << 10;

    /// <summary>Null where chunks go to their places at once.</summary>
    readonly PinnedMemory? pool;
    readonly int[] free;
    readonly (int Chunk, int Block)[] full;

    /// <summary>One for each thread that reads from the page cache.</summary>
    readonly PinnedMemory? pieces;

    // All below under the gate.
    int round, working, next, read, taken, placed, freeCount, fullHead, fullCount;
    long readEnd, end;
    bool copying, ended;
    string? wrong;

    /// <param name="descriptors">Of the files, in their order.</param>
    /// <param name="pool">Blocks of one chunk each.</param>
    /// <param name="blocks">How many.</param>
    /// <param name="readers">Threads that read.</param>
    /// <param name="copiers">Threads that copy; none where there is no pool.</param>
    public ChunkPipeline(LoadFiles files, int[] descriptors, byte* target, int chunk, PinnedMemory? pool, int blocks, int readers, int copiers, IReadOnlyList<int> cpus)
        : this(files, descriptors, null, target, chunk, pool, blocks, readers, copiers, cpus)
    {
    }

    /// <summary>From memory, with one thread a processor.</summary>
    public ChunkPipeline(LoadFiles files, byte* source, byte* target, int chunk, IReadOnlyList<int> cpus)
        : this(files, null, source, target, chunk, null, 0, cpus.Count, 0, cpus)
    {
    }

    ChunkPipeline(LoadFiles files, int[]? descriptors, byte* source, byte* target, int chunk, PinnedMemory? pool, int blocks, int readers, int copiers, IReadOnlyList<int> cpus)
    {
        (this.files, this.descriptors, this.chunk, this.pool, this.cpus) = (files, descriptors, chunk, pool, [.. cpus]);
        this.source = source;
        this.target = target;
        chunks = files.Chunks(chunk);
        (free, full) = (new int[blocks], new (int, int)[blocks]);
        pieces = pool is null && descriptors is not null ? new((long)readers * Piece) : null;
        threads = new Thread[readers + (pool is null ? 0 : copiers)];
        for (var i = 0; i < threads.Length; i++)
        {
            var reader = i;
            Action role = i < readers ? () => Read(reader) : Copy;
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
        pieces?.Dispose();
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

    /// <param name="reader">The thread's number among those that read.</param>
    void Read(int reader)
    {
        var piece = pieces is null ? null : pieces.Start + (long)reader * Piece;
        while (true)
        {
            int number, block = -1;
            lock (gate)
            {
                while (pool is not null && freeCount == 0 && next < chunks.Length && wrong is null) Monitor.Wait(gate);
                if (next == chunks.Length || wrong is not null) return;
                number = next++;
                if (pool is not null) block = free[--freeCount];
            }
            ref readonly var wanted = ref chunks[number];
            if (pool is null ? !Bring(wanted, piece) : !Fetch(wanted, pool.Start + (long)block * chunk)) return;
            lock (gate)
            {
                if (++read == chunks.Length) readEnd = end = Monotonic.Now;
                if (pool is null)
                {
                    placed++;
                    continue;
                }
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
            Place(pool!.Start + (long)block * chunk, target + chunks[number].Target, chunks[number].Length);
            lock (gate)
            {
                free[freeCount++] = block;
                if (++placed == chunks.Length) end = Monotonic.Now;
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>From memory, or piece by piece through the core's cache, to the place.</summary>
    bool Bring(in LoadChunk wanted, byte* piece)
    {
        if (descriptors is null)
        {
            Place(source + wanted.Target, target + wanted.Target, wanted.Length);
            return true;
        }
        for (var at = 0; at < wanted.Length; at += Piece)
        {
            LoadChunk part = new(wanted.File, wanted.Offset + at, Math.Min(Piece, wanted.Length - at), wanted.Target + at);
            if (!Fetch(part, piece)) return false;
            Place(piece, target + part.Target, part.Length);
        }
        return true;
    }

    /// <returns>Whether the chunk is there; where it is not, the load has failed.</returns>
    bool Fetch(in LoadChunk wanted, byte* into)
    {
        var got = LoadFiles.Read(descriptors![wanted.File], wanted, into);
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
