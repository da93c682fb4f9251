namespace GpuLab.Running;

/// <summary>What a worker runs in, as its coordinator holds it.</summary>
interface IWorkerEnd : IDisposable
{
    int Pid { get; }

    TextWriter Input { get; }

    TextReader Output { get; }

    TextReader Errors { get; }

    bool HasExited { get; }

    /// <summary>How it ended, as a predicate: <c>ended with exit code 1</c>. Only once it has.</summary>
    string Ending { get; }

    Task WaitForExit(CancellationToken cancel);

    /// <summary>Ends it and all it started; returns at once.</summary>
    void Kill();
}
