using System.Globalization;
using GpuLab.Running;

namespace GpuLab.Probes.Commands;

/// <summary>
/// A command when prepared. It starts with the first sample of a phase, on the common deadline, is started again when it ends before the phase does,
/// and is ended with it. Reading what it prints
/// takes memory, which the program does not notice: it is another process.
/// </summary>
sealed class CommandRun : IQueuedProbe
{
    /// <summary>Between two looks at the end of the phase.</summary>
    const int Glance = 20;

    /// <summary>Lines of one execution that go to the worker's log, and last words that go into a message.</summary>
    const int MostLogged = 200, LastWords = 3;

    readonly ProbeRequest request;
    readonly FigureReader reader;
    readonly string command;
    readonly double timeout, grace;
    readonly Queue<string> last = [];
    ChildSession? child;
    long began, figureBefore;
    int figures, logged;

    public CommandRun(ProbeRequest request)
    {
        this.request = request;
        reader = new(request.Parameters);
        command = request.Parameters["command"]!.Value.Word!;
        timeout = request.Parameters.Number("timeout", 20);
        grace = request.Parameters.Number("grace", 2);
        Facts = new Dictionary<string, string>
        {
            ["command"] = command,
            ["figure"] = request.Parameters["figure"]?.Word ?? request.Parameters["pattern"]?.Word ?? "fields 'rate' or 'seconds' of JSON lines, else executions a second",
            ["cpus"] = string.Join(',', request.Cpus),
            ["CUDA_VISIBLE_DEVICES"] = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") ?? "not set",
        };
    }

    public Ceiling? Ceiling => null;

    public IReadOnlyDictionary<string, string> Facts { get; }

    public void Begin(bool paced)
    {
        if (paced) throw new WorkerException("a command works at its own rate: it cannot be dialled down");
    }

    public void End(ref SampleSink sink) => Stop();

    public void Sample(ref SampleSink sink)
    {
        try
        {
            if (child is null) Start();
            if (child!.ReadLine(Glance) is { } line) Take(line, ref sink);
            else if (child.HasEnded) Finish(ref sink);
            else if (Monotonic.Now - figureBefore > timeout * 1e9)
                throw new WorkerException(string.Create(CultureInfo.InvariantCulture, $"the command printed no figure for {timeout:0.###} s{Words}"));
        }
        catch
        {
            Stop();
            throw;
        }
    }

    public string? Verify() => null;

    public void Dispose() => Stop();

    void Stop()
    {
        child?.End(grace);
        child?.Dispose();
        child = null;
    }

    void Start()
    {
        last.Clear();
        (figures, logged) = (0, 0);
        began = figureBefore = Monotonic.Now;
        child = ChildSession.Start(["/bin/sh", "-c", command], request.Cpus, new Dictionary<string, string>
        {
            ["GPULAB_SLICE"] = request.Slice,
            ["GPULAB_DEVICE"] = request.Device.ToString(),
            ["GPULAB_CPUS"] = string.Join(',', request.Cpus),
            ["GPULAB_THREADS"] = Math.Max(1, request.Cpus.Count).ToString(CultureInfo.InvariantCulture),
            ["GPULAB_SEED"] = request.Seed.ToString(CultureInfo.InvariantCulture),
            ["GPULAB_REPEAT"] = request.Repeat.ToString(CultureInfo.InvariantCulture),
            ["GPULAB_SCRATCH"] = request.Scratch,
        });
    }

    void Take(string line, ref SampleSink sink)
    {
        if (logged++ < MostLogged) Console.Error.WriteLine($"command: {line}");
        last.Enqueue(line.Length > 200 ? line[..200] + "…" : line);
        if (last.Count > LastWords) last.Dequeue();
        PrintedFigure? found;
        try
        {
            found = reader.Read(line);
        }
        catch (Exception wrong) when (wrong is FormatException or System.Text.RegularExpressions.RegexMatchTimeoutException)
        {
            throw new WorkerException($"the command: {wrong.Message}");
        }
        if (found is not { } figure) return;
        var now = Monotonic.Now;
        // The program's own times are believed where they lie in its life and before this moment.
        var (start, end) = figure is { Start: { } s, End: { } e } && s >= began && e > s && e <= now ? (s, e) : (figureBefore, now);
        Add(ref sink, start, end, figure.Rate);
    }

    void Finish(ref SampleSink sink)
    {
        child!.DrainAfterEnd();
        while (child.ReadLine(0) is { } line) Take(line, ref sink);
        if (child.Failure is { } failure) throw new WorkerException($"the command {failure}{Words}");
        if (figures == 0 && reader.IsNamed) throw new WorkerException($"the command ended without printing its figure{Words}");
        var now = Monotonic.Now;
        if (figures == 0) Add(ref sink, began, now, 1e9 / (now - began));
        child.Dispose();
        child = null;
    }

    void Add(ref SampleSink sink, long start, long end, double rate)
    {
        figures++;
        figureBefore = end;
        sink.Add(0, start, end, 1, rate);
        sink.Add(1, start, end, 1, (end - start) / 1e9);
    }

    string Words => last.Count == 0 ? "" : $"; its last words: {string.Join(" | ", last)}";
}
