using GpuLab.Running;

namespace GpuLab.Probes.Llm.Pipeline;

/// <summary>
/// What stages of a pipeline hand to each other through host memory: states of tokens from each stage to the next, through a few slots by turns, and the tokens
/// that came out from the last to the first. Counts what time this stage waits, and what time handing over takes.
/// </summary>
sealed unsafe class StageLink : IStageLink
{
    /// <summary>States that may lie between two stages.</summary>
    const int Slots = 4;

    /// <summary>Flags of a stage: states passed on, states taken over, and of the last microbatches that are done.</summary>
    const int Sent = 0, Taken = 1, Finished = 2;

    /// <summary>Bytes before the states of a slot: when they were complete.</summary>
    const int Header = 64;

    readonly Communicator communicator;
    readonly byte* shared;
    readonly long slotBytes;
    long sent, taken;

    /// <param name="rows">Most rows that are handed over at once.</param>
    /// <param name="sequences">Of all microbatches.</param>
    /// <exception cref="ProbeSkippedException">There is not enough memory to share.</exception>
    public StageLink(Communicator communicator, int width, int rows, int sequences)
    {
        this.communicator = communicator;
        slotBytes = SlotBytes(width, rows);
        shared = communicator.Reserve(Bytes(communicator.Size, width, rows, sequences));
        Tokens = (int*)(shared + (communicator.Size - 1) * Slots * slotBytes);
    }

    /// <summary>By sequence: the last token that came out. Written by the last stage before it says that a microbatch is done.</summary>
    public int* Tokens { get; }

    /// <summary>Nanoseconds since <see cref="Clear"/> in which there was nothing to do.</summary>
    public long Waited { get; private set; }

    /// <summary>Nanoseconds of copying, and from when states lay there until a stage that waited for them noticed.</summary>
    public long HandedOver { get; private set; }

    bool IsFirst => communicator.Rank == 0;

    bool IsLast => communicator.Rank == communicator.Size - 1;

    /// <summary>Memory that all stages share.</summary>
    public static long Bytes(int stages, int width, int rows, int sequences) => (stages - 1) * Slots * SlotBytes(width, rows) + (long)sequences * sizeof(int);

    static long SlotBytes(int width, int rows) => Header + ((long)rows * width * sizeof(float) + 63) / 64 * 64;

    public void Clear() => (Waited, HandedOver) = (0, 0);

    public float* Receive()
    {
        if (IsFirst) return null;
        var slot = Slot(communicator.Rank - 1, taken);
        if (communicator.Seen(communicator.Rank - 1, Sent) <= taken)
        {
            var start = Monotonic.Now;
            communicator.Await(communicator.Rank - 1, Sent, taken + 1);
            var complete = Math.Max(start, *(long*)slot);
            Waited += complete - start;
            HandedOver += Monotonic.Now - complete;
        }
        return (float*)(slot + Header);
    }

    public float* Room()
    {
        if (IsLast) return null;
        Wait(communicator.Rank + 1, Taken, sent + 1 - Slots);
        return (float*)(Slot(communicator.Rank, sent) + Header);
    }

    public void Pass(long copying)
    {
        HandedOver += copying;
        if (!IsFirst) communicator.Set(Taken, ++taken);
        if (IsLast) return;
        *(long*)Slot(communicator.Rank, sent) = Monotonic.Now;
        communicator.Set(Sent, ++sent);
    }

    /// <summary>The first stage waits until so many microbatches have come out.</summary>
    public void AwaitTokens(long microbatches) => Wait(communicator.Size - 1, Finished, microbatches);

    /// <summary>The last stage says that so many microbatches have come out.</summary>
    public void Finish(long microbatches) => communicator.Set(Finished, microbatches);

    void Wait(int rank, int flag, long least)
    {
        if (communicator.Seen(rank, flag) >= least) return;
        var start = Monotonic.Now;
        communicator.Await(rank, flag, least);
        Waited += Monotonic.Now - start;
    }

    byte* Slot(int channel, long number) => shared + (channel * Slots + number % Slots) * slotBytes;
}
