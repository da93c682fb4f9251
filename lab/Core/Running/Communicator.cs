namespace GpuLab.Running;

/// <summary>
/// What the workers share that do one piece of work: flags that each sets and the others wait for, memory for what they hand to each other, and
/// the agreement on how many rounds to do, because nobody can stop alone. All of it lies in host memory. Who waits is not taken for hung, so
/// that of two workers the one is blamed that the other waits for.
/// </summary>
public sealed unsafe class Communicator : IDisposable
{
    /// <summary>Flags of each worker that probes may use, from 0.</summary>
    public const int Flags = 6;

    /// <summary>How long a worker waits for another after the phase was ended: then that other is gone, and the coordinator will say why.</summary>
    static readonly long Patience = (long)TimeSpan.FromSeconds(20).TotalNanoseconds;

    const int Line = 64, Spins = 2_000, Page = 4096;

    /// <summary>Flags of its own: meetings so far; of the first worker, rounds granted and the last phase that is closed.</summary>
    const int Meetings = Flags, Granted = Flags + 1, Closed = Flags + 2, AllFlags = Flags + 3;

    readonly SharedMemory memory;
    readonly byte* flags;
    readonly Arena arena;
    readonly ArenaSlot slot;
    long rounds;
    bool reserved;

    /// <summary>Opened by a worker.</summary>
    /// <param name="path">As <see cref="Path"/> of the one that the coordinator made.</param>
    /// <param name="slices">All that take part, in the order of their ranks.</param>
    /// <param name="slice">The worker's own.</param>
    /// <param name="arena">Of the partition, and the worker's <paramref name="slot"/> in it.</param>
    internal Communicator(string path, IReadOnlyList<string> slices, string slice, Arena arena, int slot)
    {
        (Slices, this.arena, this.slot) = (slices, arena, arena[slot]);
        Rank = slices.TakeWhile(s => s != slice).Count();
        memory = SharedMemory.Open(path);
        flags = memory.Map(0, Head(slices.Count));
    }

    /// <summary>Names of the slices in the order of their ranks.</summary>
    public IReadOnlyList<string> Slices { get; }

    /// <summary>Of this worker, from 0.</summary>
    public int Rank { get; }

    public int Size => Slices.Count;

    static long Head(int size) => ((long)size * AllFlags * Line + Page - 1) / Page * Page;

    /// <summary>Memory that all of them see, zeroed before its first use. To be asked for once, by all for the same size.</summary>
    /// <exception cref="ProbeSkippedException">There is not so much.</exception>
    public byte* Reserve(long bytes)
    {
        if (reserved) throw new InvalidOperationException("Memory was reserved before.");
        reserved = true;
        try
        {
            return memory.Map(Head(Size), bytes);
        }
        catch (InvalidOperationException no)
        {
            throw new ProbeSkippedException(no.Message);
        }
    }

    /// <summary>Sets a flag of this worker; what was written to shared memory before is seen by whoever sees the flag.</summary>
    public void Set(int flag, long value) => Volatile.Write(ref *At(Rank, flag), value);

    public long Seen(int rank, int flag) => Volatile.Read(ref *At(rank, flag));

    /// <summary>Waits until a worker's flag is at least so much: spins, then yields. No managed allocation. Not while preparing, which others may do later.</summary>
    /// <exception cref="TimeoutException">The phase is over, and that worker is not coming.</exception>
    public void Await(int rank, int flag, long least)
    {
        var waiting = new Waiting();
        while (Seen(rank, flag) < least) Pause(ref waiting, rank);
    }

    /// <summary>Waits until all have come here equally often.</summary>
    /// <inheritdoc cref="Await"/>
    public void Meet()
    {
        var count = Seen(Rank, Meetings) + 1;
        Set(Meetings, count);
        for (var rank = 0; rank < Size; rank++) Await(rank, Meetings, count);
    }

    /// <summary>Whether there is another round of work in a phase: the first worker looks at the stop flag, and the others do as many rounds as it does.</summary>
    /// <param name="phase">Grows from phase to phase.</param>
    internal bool Next(long phase)
    {
        if (Rank == 0)
        {
            var over = arena.Stop;
            if (over) Set(Closed, phase);
            else Set(Granted, ++rounds);
            return !over;
        }
        var waiting = new Waiting();
        while (true)
        {
            // Closed is set last: once it is seen, all that was granted is seen as well.
            var over = Seen(0, Closed) >= phase;
            if (Seen(0, Granted) > rounds)
            {
                rounds++;
                return true;
            }
            if (over) return false;
            Pause(ref waiting, 0);
        }
    }

    void Pause(ref Waiting waiting, int rank)
    {
        if (waiting.Turns++ < Spins)
        {
            Thread.SpinWait(1);
            return;
        }
        Thread.Yield();
        var now = Monotonic.Now;
        slot.SetHeartbeat(now);
        if (waiting.Since == 0 || !arena.Stop) waiting.Since = now;
        if (now - waiting.Since > Patience) throw new TimeoutException($"{Slices[rank]} did not do its part of the work");
    }

    public void Dispose() => memory.Dispose();

    long* At(int rank, int flag) => (long*)(flags + ((long)rank * AllFlags + flag) * Line);

    struct Waiting
    {
        public int Turns;
        public long Since;
    }
}
