using System.IO.Pipes;
using System.Text;

namespace GpuLab.Running;

/// <summary>
/// A simulated worker on a thread of the coordinator: the same host, the same messages, through pipes that nothing else sees.
/// It starts in no time, and cannot be killed: ending it closes its input, which it notices between two messages or samples.
/// </summary>
sealed class WorkerThread : IWorkerEnd
{
    readonly AnonymousPipeServerStream toWorker = new(PipeDirection.Out), fromWorker = new(PipeDirection.In);
    readonly Task running;
    volatile string ending = "ended";

    /// <param name="host">Makes the worker's side.</param>
    public WorkerThread(WorkerOptions options, Func<WorkerOptions, WorkerHost> host)
    {
        Input = new StreamWriter(toWorker, new UTF8Encoding(false));
        Output = new StreamReader(fromWorker, Encoding.UTF8);
        var input = new AnonymousPipeClientStream(PipeDirection.In, toWorker.ClientSafePipeHandle);
        var output = new AnonymousPipeClientStream(PipeDirection.Out, fromWorker.ClientSafePipeHandle);
        running = Task.Factory.StartNew(() => Host(host, options, input, output), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Pid => Environment.ProcessId;

    public TextWriter Input { get; }

    public TextReader Output { get; }

    public TextReader Errors => TextReader.Null;

    public bool HasExited => running.IsCompleted;

    public string Ending => ending;

    public Task WaitForExit(CancellationToken cancel) => running.WaitAsync(cancel);

    public void Kill()
    {
        try
        {
            toWorker.Dispose();
        }
        catch (IOException)
        {
            // Its end of the pipe is closed already.
        }
    }

    public void Dispose()
    {
        Kill();
        fromWorker.Dispose();
    }

    void Host(Func<WorkerOptions, WorkerHost> make, WorkerOptions options, Stream input, Stream output)
    {
        try
        {
            using var from = new StreamReader(input, Encoding.UTF8);
            using var to = new StreamWriter(output, new UTF8Encoding(false));
            using var host = make(options);
            host.Run(from, to);
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            ending = broken.Message;
        }
    }
}
