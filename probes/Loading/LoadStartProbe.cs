using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Commands;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Cold starts when prepared: this program starts itself, the new process says when it did what, and what it loaded.</summary>
sealed class LoadStartProbe : IPreparedProbe
{
    const int Limit = 120_000;

    static readonly Dictionary<string, int> metrics = LoadStart.About.Metrics.Select((m, i) => (m.Name, i)).ToDictionary();

    readonly LoadFiles files;
    readonly bool cold;
    readonly string[] command;
    readonly IReadOnlyList<int> cpus;
    readonly ulong expected;
    string? wrong;

    LoadStartProbe(ProbeRequest request, LoadFiles files, CudaSession? session)
    {
        (this.files, cpus) = (files, request.Cpus);
        cold = request.Parameters.Word("tier", "cold") == "cold";
        // Said now instead of by every start.
        if (session is not null) new GpuPlace(session.Context, files.Room, "the weights").Dispose();
        command = [.. OwnCommand.Arguments, .. LoadStartChild.Arguments(request, files, session is not null)];
        expected = Expected(session is not null);
        var resident = Bring();
        if (!IsRight(resident))
            throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{resident} of {files.Pages} pages of the weights are in memory, and the start is to be {(cold ? "cold" : "warm")}; they lie on {files.FileSystem}"));
        Facts = new Dictionary<string, string>
        {
            ["bytes"] = Units.BytesText(files.Bytes),
            ["file system"] = files.FileSystem,
            ["resident"] = string.Create(CultureInfo.InvariantCulture, $"{resident} of {files.Pages} pages before a start"),
            ["program"] = "in the page cache: only the weights are cold",
            ["to"] = session is null ? "memory of the host" : $"memory of {session.Device.Name}, where the worker has a context of its own all the while",
        };
    }

    public Ceiling? Ceiling => null;

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <param name="session">Of the device that weights are loaded to; null for the host itself.</param>
    public static LoadStartProbe Prepare(ProbeRequest request, CudaSession? session = null)
    {
        var files = LoadFiles.Of(request);
        try
        {
            return new(request, files, session);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Starting a process takes memory; the time of it is what is measured.</summary>
    public void Sample(ref SampleSink sink)
    {
        var flags = IsRight(Bring()) ? SampleFlags.None : SampleFlags.WrongState;
        var start = Monotonic.Now;
        using var child = ChildSession.Start(command, cpus, new Dictionary<string, string>());
        var marks = LoadStartChild.Read(Answer(child, start), out var sum);
        var (before, last) = (start, marks[^1].End);
        foreach (var (phase, end) in marks)
        {
            sink.Add(metrics[phase], start, last, 1, (end - before) / 1e9, flags);
            before = end;
        }
        sink.Add(metrics["total"], start, last, 1, (last - start) / 1e9, flags);
        if (sum != expected) wrong ??= "a start used other weights than the files hold";
    }

    public string? Verify() => wrong;

    public void Dispose() => files.Dispose();

    static string Answer(ChildSession child, long start)
    {
        var said = "nothing";
        while (Monotonic.Now - start < Limit * 1_000_000L)
        {
            if (child.ReadLine(20) is not { } line)
            {
                if (child.HasEnded && child.ReadLine(0) is null) break;
                continue;
            }
            if (line.StartsWith(LoadStartChild.Mark, StringComparison.Ordinal)) return line;
            said = line;
        }
        throw new WorkerException($"the process that loads {(child.HasEnded ? $"failed: {said}" : $"said nothing for {Limit / 1000} s")}");
    }

    long Bring()
    {
        var resident = files.Resident();
        if (!cold) return resident < files.Pages ? files.Warm() : resident;
        if (resident == 0) return 0;
        files.Drop();
        return files.Resident();
    }

    bool IsRight(long resident) => resident == (cold ? 0 : files.Pages);

    unsafe ulong Expected(bool onDevice)
    {
        using var memory = new PinnedMemory(LoadFiles.Stretch);
        var descriptors = files.Open(direct: false)!;
        var stretches = files.Chunks(LoadFiles.Stretch);
        var total = 0UL;
        for (var i = 0; i < stretches.Length; i++)
        {
            var stretch = stretches[i];
            if (LoadFiles.Read(descriptors[stretch.File], stretch, memory.Start) < stretch.Length) throw new ProbeSkippedException("the weights became shorter while they were read");
            total += onDevice ? GpuWeightUse.Part(memory.Start, stretch.Length, stretch.Target) : WeightUse.Sum(memory.Start, stretch.Length) * (2UL * (ulong)i + 1);
        }
        return total;
    }
}
