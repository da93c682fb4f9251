using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Memory of a slice that bytes are brought to, and the way there. Places are told by their distance from its beginning. Nothing here allocates while copies go on.</summary>
unsafe interface ILoadPlace : IDisposable
{
    /// <summary>Threads that start copies.</summary>
    int Copiers { get; }

    /// <summary>Copies of one thread that may be on their way at once. Thread t has the slots from t · depth on.</summary>
    int Depth { get; }

    /// <summary>Whether somebody else carries copies out, and only out of pinned memory while the caller goes on. Else a thread that fetched something can bring it on itself.</summary>
    bool IsDevice { get; }

    /// <summary>For the reader of figures: who copies.</summary>
    string Copying { get; }

    /// <summary>Memory that reads go to and copies begin in.</summary>
    /// <exception cref="ProbeSkippedException">There is not so much.</exception>
    PinnedMemory Pin(long bytes);

    /// <summary>Called by each thread before its first copy.</summary>
    void Enter();

    /// <summary>Begins a copy.</summary>
    /// <param name="slot">Free: its last copy was waited for.</param>
    void Start(int slot, byte* from, long to, long length);

    /// <summary>Waits until the copy of a slot has arrived.</summary>
    void Finish(int slot);

    /// <summary>Copies everything from one piece of memory as fast as the slice can when it does nothing else.</summary>
    void CopyAll(byte* from);

    /// <summary>How fast copies to this memory can be at best, measured. What is there is written over.</summary>
    Ceiling Fastest();
}
