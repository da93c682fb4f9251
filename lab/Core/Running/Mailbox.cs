namespace GpuLab.Running;

/// <summary>
/// Messages from one thread to another. Whoever waits sleeps at once: collections of .NET look again and again for a while first, which costs a processor
/// that others measure on.
/// </summary>
sealed class Mailbox<T>
{
    readonly Queue<T> messages = [];
    bool closed;

    public void Add(T message)
    {
        lock (messages)
        {
            messages.Enqueue(message);
            Monitor.Pulse(messages);
        }
    }

    /// <summary>No more will come.</summary>
    public void Close()
    {
        lock (messages)
        {
            closed = true;
            Monitor.PulseAll(messages);
        }
    }

    /// <summary>Each message as it comes, until the box is closed and empty.</summary>
    public IEnumerable<T> All()
    {
        while (true)
        {
            T next;
            lock (messages)
            {
                while (messages.Count == 0 && !closed) Monitor.Wait(messages);
                if (!messages.TryDequeue(out next!)) yield break;
            }
            yield return next;
        }
    }
}
