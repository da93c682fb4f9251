using System.Runtime.InteropServices;

namespace GpuLab.Probes.Llm;

/// <summary>Where all threads of a team meet between two steps of one piece of work. Spins, then yields.</summary>
sealed unsafe class TeamBarrier(int threads)
{
    const int SpinTurns = 4_000, Line = 128;

    /// <summary>Two words on lines of their own: threads that have arrived, and meetings so far.</summary>
    readonly int* arrived = Words(), met = Words();

    public void Meet()
    {
        if (threads == 1) return;
        var before = Volatile.Read(ref *met);
        if (Interlocked.Increment(ref *arrived) == threads)
        {
            *arrived = 0;
            Volatile.Write(ref *met, before + 1);
            return;
        }
        for (var turn = 0; Volatile.Read(ref *met) == before; turn++)
        {
            if (turn < SpinTurns) Thread.SpinWait(1);
            else Thread.Yield();
        }
    }

    ~TeamBarrier()
    {
        NativeMemory.AlignedFree(arrived);
        NativeMemory.AlignedFree(met);
    }

    static int* Words()
    {
        var words = (int*)NativeMemory.AlignedAlloc(Line, Line);
        *words = 0;
        return words;
    }
}
