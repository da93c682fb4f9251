using System.Runtime.InteropServices;
using GpuLab.Control.Host;

namespace GpuLab.Probes.Host;

/// <summary>What a team does; every thread calls it with its own number.</summary>
abstract class TeamWork
{
    public abstract void Run(int thread);
}

/// <summary>
/// One pinned thread a processor, forked and joined without allocating. Thread 0 is the caller, so a team of one is a plain call.
/// Waiting threads spin, then yield, then sleep, so that an idle team disturbs nobody.
/// </summary>
sealed unsafe class Team
{
    const int SpinTurns = 4_000, YieldTurns = 200;
    static readonly Lock Gate = new();
    static readonly List<Team> Known = [];

    readonly int[] cpus;

    /// <summary>Three words on lines of their own: the number of the current round, threads that are done, threads asleep.</summary>
    readonly int* round, done, asleep;
    TeamWork? work;
    Exception? failure;

    Team(int[] cpus)
    {
        this.cpus = cpus;
        var words = (int*)NativeMemory.AlignedAlloc(3 * 128, 128);
        new Span<byte>(words, 3 * 128).Clear();
        round = words;
        done = words + 32;
        asleep = words + 64;
        for (var i = 1; i < cpus.Length; i++)
        {
            var thread = i;
            new Thread(() => Loop(thread), 256 << 10) { IsBackground = true, Name = $"team {cpus[thread]}" }.Start();
        }
    }

    public int Count => cpus.Length;

    public IReadOnlyList<int> Cpus => cpus;

    /// <summary>The team of these processors; threads are started once in the life of the process.</summary>
    public static Team For(IReadOnlyList<int> cpus)
    {
        if (cpus.Count == 0) throw new ArgumentException("A team needs at least one processor.", nameof(cpus));
        lock (Gate)
        {
            var team = Known.Find(t => t.cpus.SequenceEqual(cpus));
            if (team is null) Known.Add(team = new([.. cpus]));
            return team;
        }
    }

    /// <summary>Runs the work once on every thread and returns when the last one has finished.</summary>
    /// <remarks>One caller at a time.</remarks>
    public void Run(TeamWork next)
    {
        if (cpus.Length == 1)
        {
            next.Run(0);
            return;
        }
        work = next;
        Volatile.Write(ref *done, 0);
        Interlocked.Increment(ref *round);
        if (Volatile.Read(ref *asleep) > 0) Libc.FutexWake(round, int.MaxValue);
        next.Run(0);
        for (var turn = 0; Volatile.Read(ref *done) != cpus.Length - 1; turn++) Pause(turn);
        if (failure is not null) throw new InvalidOperationException("A thread of the team failed.", Interlocked.Exchange(ref failure, null));
    }

    void Loop(int thread)
    {
        try
        {
            Affinity.Pin(cpus[thread]);
        }
        catch (InvalidOperationException e)
        {
            failure = e;
        }
        for (var seen = 0; ; seen++)
        {
            Await(seen);
            try
            {
                work!.Run(thread);
            }
            catch (Exception e)
            {
                failure = e;
            }
            Interlocked.Increment(ref *done);
        }
    }

    void Await(int seen)
    {
        for (var turn = 0; Volatile.Read(ref *round) == seen; turn++)
        {
            if (turn < SpinTurns + YieldTurns)
            {
                Pause(turn);
                continue;
            }
            Interlocked.Increment(ref *asleep);
            Libc.FutexWait(round, seen);
            Interlocked.Decrement(ref *asleep);
        }
    }

    static void Pause(int turn)
    {
        if (turn < SpinTurns) Thread.SpinWait(1);
        else Thread.Yield();
    }
}
