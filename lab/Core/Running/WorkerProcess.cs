using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Running;

/// <summary>
/// The coordinator's side of one worker: its process, its messages, its standard error, its end.
/// Everything that can go wrong with it becomes a <see cref="WorkerException"/> with the reason.
/// </summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    readonly IWorkerEnd process;
    readonly Channel<WorkerMessage> inbox = Channel.CreateUnbounded<WorkerMessage>();
    readonly Task reading;
    readonly Task logging;
    readonly Queue<string> lastErrors = new();
    string? rubbish;

    WorkerProcess(IWorkerEnd process, Slice slice, int slot, string log)
    {
        this.process = process;
        Slice = slice;
        Slot = slot;
        // A thread of its own: through the pool an answer would wake two threads more on its way.
        reading = Task.Factory.StartNew(ReadMessages, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        logging = Task.Run(() => KeepErrors(log));
    }

    public Slice Slice { get; }

    public int Slot { get; }

    public int Pid => process.Pid;

    /// <summary>When it was started, CLOCK_MONOTONIC nanoseconds.</summary>
    public long Started { get; } = Monotonic.Now;

    /// <summary>Numbers of the cells for which it keeps what preparing measured.</summary>
    public HashSet<int> Tuned { get; } = [];

    /// <summary>Samples lost in the last phase because the ring was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>Starts the program's own hidden verb for one slice, or a thread in its place; its hello is awaited by <see cref="Receive{T}"/>.</summary>
    public static WorkerProcess Start(WorkerLauncher launcher, Slice slice, Arena arena, DeviceId device)
    {
        var log = launcher.LogPath(slice.Name);
        if (launcher.InProcess is { } host)
        {
            var options = new WorkerOptions(arena.Path, arena.Slots, slice.Index, slice.Name, device, slice.Cpus) { Environment = slice.Environment, Plant = launcher.Plant, OwnProcess = false };
            return new(new WorkerThread(options, host), slice, slice.Index, log);
        }
        var start = new ProcessStartInfo(launcher.Command[0])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var argument in launcher.Command.Skip(1)) start.ArgumentList.Add(argument);
        string[] own = ["worker", arena.Path, N(arena.Slots), N(slice.Index), slice.Name, device.ToString(), string.Join(',', slice.Cpus.Select(N))];
        foreach (var argument in own) start.ArgumentList.Add(argument);
        foreach (var (name, value) in slice.Environment) start.Environment[name] = value;
        start.Environment["DOTNET_TieredPGO"] = "0";
        if (launcher.Plant.Length > 0) start.Environment[WorkerEntry.PlantVariable] = launcher.Plant;
        var mark = string.Create(CultureInfo.InvariantCulture, $"{arena.Path}#{slice.Index}@{Monotonic.Now}");
        return new(ChildProcess.Start(start, mark), slice, slice.Index, log);
    }

    /// <summary>Sends a message; a worker that is gone is noticed when its answer is awaited.</summary>
    public void Send(WorkerMessage message)
    {
        try
        {
            process.Input.WriteLine(message.ToLine());
            process.Input.Flush();
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The pipe is broken because the process ended; Receive says why.
        }
    }

    /// <summary>Waits for an answer of one kind; skip and fail are passed on as what they are.</summary>
    /// <exception cref="WorkerException">It died, said something else, or said nothing in time.</exception>
    /// <exception cref="ProbeSkippedException">The worker skipped the cell.</exception>
    public async Task<T> Receive<T>(TimeSpan timeout, CancellationToken cancel)
        where T : WorkerMessage
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            var message = await inbox.Reader.ReadAsync(limit.Token);
            if (message is Done done) Dropped = done.Dropped;
            return message switch
            {
                T wanted => wanted,
                Skipped skip => throw new ProbeSkippedException(skip.Reason),
                Failed fail => throw new WorkerException(fail.Reason),
                _ => throw new WorkerException($"the worker said {message.GetType().Name} where {typeof(T).Name} was due"),
            };
        }
        catch (ChannelClosedException)
        {
            throw new WorkerException(await Obituary());
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new WorkerException(string.Create(CultureInfo.InvariantCulture, $"the worker said nothing for {timeout.TotalSeconds:0.#} s while {typeof(T).Name} was due"));
        }
    }

    /// <summary>Whether it can still answer.</summary>
    public bool Alive => !reading.IsCompleted && !process.HasExited;

    /// <summary>Whether a message waits to be received.</summary>
    public bool HasAnswer => inbox.Reader.Count > 0;

    /// <summary>Asks it to exit and, if it does not within a moment, ends it and all it started.</summary>
    public async ValueTask DisposeAsync()
    {
        Send(new Exit(Slice.Name));
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await process.WaitForExit(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It is ended below like everything else it may have left.
        }
        await Kill();
        process.Dispose();
    }

    /// <summary>Ends the worker, its session and whatever else it started.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExit(CancellationToken.None);
        await Task.WhenAny(Task.WhenAll(reading, logging), Task.Delay(1000));
    }

    /// <summary>How a worker that is gone ended, with its last words.</summary>
    public async Task<string> Obituary()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            if (rubbish is null) await process.WaitForExit(limit.Token);
            await Task.WhenAny(logging, Task.Delay(500));
        }
        catch (OperationCanceledException)
        {
            return "the worker closed its standard output";
        }
        string last;
        lock (lastErrors) last = lastErrors.Count == 0 ? "" : $"; its last words: {string.Join(" | ", lastErrors)}";
        if (rubbish is not null) return $"the worker said something that is not a message: '{rubbish}'{last}";
        return $"the worker {process.Ending}{last}";
    }

    void ReadMessages()
    {
        try
        {
            while (process.Output.ReadLine() is { } line) inbox.Writer.TryWrite(WorkerMessage.FromLine(line));
        }
        catch (JsonException wrong)
        {
            rubbish = wrong.Message.Length > 200 ? wrong.Message[..200] : wrong.Message;
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The process ended in the middle of a line.
        }
        inbox.Writer.TryComplete();
    }

    async Task KeepErrors(string log)
    {
        using var file = new StreamWriter(log, append: true) { AutoFlush = true };
        while (await process.Errors.ReadLineAsync() is { } line)
        {
            await file.WriteLineAsync(line);
            lock (lastErrors)
            {
                lastErrors.Enqueue(line.Length > 300 ? line[..300] : line);
                if (lastErrors.Count > 3) lastErrors.Dequeue();
            }
        }
    }

    static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
