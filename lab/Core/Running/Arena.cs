namespace GpuLab.Running;

/// <summary>
/// Memory shared by the coordinator and the workers of one partition: the common deadline and stop flag, and for each
/// slice its state and its ring of samples. Workers open it through <c>/proc</c> by the coordinator's process id.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    /// <summary>Samples a worker may be ahead of the coordinator: 13 s at one sample per 200 µs.</summary>
    public const int RingCapacity = 1 << 16;

    const int Page = 4096;

    readonly SharedMemory shared;
    readonly byte* memory;

    Arena(SharedMemory shared, int slots)
    {
        (this.shared, Slots) = (shared, slots);
        memory = shared.Map(0, Page + (long)slots * SlotSize);
    }

    static int SlotSize => (Page + SampleRing.SizeOf(RingCapacity) + Page - 1) / Page * Page;

    public int Slots { get; }

    /// <summary>Where another process of the same user opens this memory.</summary>
    public string Path => shared.Path;

    /// <summary>Made by the coordinator, zeroed.</summary>
    public static Arena Create(int slots) => new(SharedMemory.Create(), slots);

    /// <summary>Opened by a worker.</summary>
    public static Arena Open(string path, int slots) => new(SharedMemory.Open(path), slots);

    /// <summary>The start all armed workers wait for, in CLOCK_MONOTONIC nanoseconds; 0 while it is not set.</summary>
    public long Deadline
    {
        get => Volatile.Read(ref Control->Deadline);
        set
        {
            Volatile.Write(ref Control->Deadline, value);
            Futex.Ring(&Control->Calls);
        }
    }

    /// <summary>Set by the coordinator; workers look at it between samples.</summary>
    public bool Stop
    {
        get => Volatile.Read(ref Control->Stop) != 0;
        set
        {
            Volatile.Write(ref Control->Stop, value ? 1 : 0);
            Futex.Ring(&Control->Calls);
        }
    }

    /// <summary>Virtual time up to which simulated workers may go; real ones do not look at it.</summary>
    public long Horizon
    {
        get => Volatile.Read(ref Control->Horizon);
        set
        {
            Volatile.Write(ref Control->Horizon, value);
            Futex.Ring(&Control->Calls);
        }
    }

    /// <summary>Grows whenever the coordinator sets something above; read before looking, it tells whether anything was set since.</summary>
    public int Calls => Volatile.Read(ref Control->Calls);

    /// <summary>Grows whenever a worker says that it has got as far as it can.</summary>
    public int Answers => Volatile.Read(ref Control->Answers);

    /// <summary>A worker has got as far as it can: the coordinator may look.</summary>
    public void Answer() => Futex.Ring(&Control->Answers);

    /// <summary>A worker sleeps until the coordinator sets something, or for so many nanoseconds.</summary>
    public void AwaitCall(int seen, long nanoseconds) => Futex.Await(&Control->Calls, seen, nanoseconds);

    /// <summary>The coordinator sleeps until a worker answers, or for so many nanoseconds.</summary>
    public void AwaitAnswer(int seen, long nanoseconds) => Futex.Await(&Control->Answers, seen, nanoseconds);

    public ArenaSlot this[int slot] => new((ArenaSlot.State*)(memory + Page + (long)slot * SlotSize));

    /// <summary>The ring of one slice.</summary>
    public SampleRing Ring(int slot) => new(memory + Page + (long)slot * SlotSize + 256, RingCapacity);

    /// <summary>Zeroes a slot whose worker died in the middle of something.</summary>
    public void Clear(int slot) => new Span<byte>(memory + Page + (long)slot * SlotSize, Page).Clear();

    public void Dispose() => shared.Dispose();

    ControlBlock* Control => (ControlBlock*)memory;

    struct ControlBlock
    {
        public long Deadline;
        fixed long apart[7];
        public long Horizon;
        fixed long apartToo[7];
        public int Stop;
        fixed int apartAsWell[15];
        public int Calls;
        fixed int apartAgain[15];
        public int Answers;
    }
}

/// <summary>What one worker tells about itself in shared memory, without a message.</summary>
public readonly unsafe struct ArenaSlot : IEquatable<ArenaSlot>
{
    readonly State* state;

    internal ArenaSlot(State* state) => this.state = state;

    /// <summary>Number of the phase the worker is armed for: it has seen the go and waits for the deadline.</summary>
    public long Armed => Volatile.Read(ref state->Armed);

    /// <summary>When the last sample ended. On simulated devices virtual time, up to the horizon.</summary>
    public long Heartbeat => Volatile.Read(ref state->Heartbeat);

    public bool Equals(ArenaSlot other) => state == other.state;

    public override bool Equals(object? obj) => obj is ArenaSlot other && Equals(other);

    public override int GetHashCode() => ((nint)state).GetHashCode();

    public static bool operator ==(ArenaSlot left, ArenaSlot right) => left.Equals(right);

    public static bool operator !=(ArenaSlot left, ArenaSlot right) => !left.Equals(right);

    public void SetArmed(long phase) => Volatile.Write(ref state->Armed, phase);

    public void SetHeartbeat(long time) => Volatile.Write(ref state->Heartbeat, time);

    internal struct State
    {
        public long Armed;
        fixed long apart[7];
        public long Heartbeat;
        fixed long apartToo[7];
    }
}
