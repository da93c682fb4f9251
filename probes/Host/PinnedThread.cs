using GpuLab.Control.Host;

namespace GpuLab.Probes.Host;

/// <summary>Keeps the calling thread on one processor; disposing it on the same thread restores what was allowed before.</summary>
public sealed class PinnedThread : IDisposable
{
    readonly int[] before;
    readonly int thread = Environment.CurrentManagedThreadId;

    public PinnedThread(int cpu)
    {
        before = [.. Affinity.Current()];
        if (before is not [var only] || only != cpu) Affinity.Pin(cpu);
    }

    public void Dispose()
    {
        if (Environment.CurrentManagedThreadId == thread) Affinity.Pin(before);
    }
}
