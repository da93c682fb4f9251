using GpuLab.Running;

namespace GpuLab.Tests.Running;

/// <summary>Communicators of several slices in this process, one thread each.</summary>
sealed class Ranks : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly SharedMemory memory = SharedMemory.Create();
    readonly Communicator[] all;

    public Ranks(int size)
    {
        Arena = Arena.Create(size);
        string[] slices = [.. Enumerable.Range(0, size).Select(r => $"1c@{r}")];
        all = [.. slices.Select((s, r) => new Communicator(memory.Path, slices, s, Arena, r))];
    }

    public Arena Arena { get; }

    /// <summary>Does the same on every rank at once, and gives what each found.</summary>
    public T[] Run<T>(Func<Communicator, T> work)
    {
        var tasks = all.Select(c => Task.Factory.StartNew(() => work(c), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        if (!Task.WaitAll(tasks, Limit)) throw new TimeoutException("the ranks did not come to an end");
        return [.. tasks.Select(t => t.Result)];
    }

    public void Dispose()
    {
        foreach (var one in all) one.Dispose();
        Arena.Dispose();
        memory.Dispose();
    }
}
