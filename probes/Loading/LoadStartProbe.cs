using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Commands;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Cold starts when prepared: this program starts itself, the new process says when it did what, and what it loaded.</summary>
sealed class LoadStartProbe : IPreparedProbe
{
    const int Limit = 120_000;

    readonly LoadFiles files;
    readonly bool cold;
    readonly string[] command;
    readonly IReadOnlyList<int> cpus;
    readonly ulong expected;
    string? wrong;

    LoadStartProbe(ProbeRequest request, LoadFiles files)
    {
        (this.files, cpus) = (files, request.Cpus);
        cold = request.Parameters.Word("tier", "cold") == "cold";
        command = [.. OwnCommand.Arguments, .. LoadStartChild.Arguments(request, files)];
        expected = Expected();
        var resident = Bring();
        if (!IsRight(resident))
            throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{resident} of {files.Pages} pages of the weights are in memory, and the start is to be {(cold ? "cold" : "warm")}; they lie on {files.FileSystem}"));
        Facts = new Dictionary<string, string>
        {
            ["bytes"] = Units.BytesText(files.Bytes),
            ["file system"] = files.FileSystem,
            ["resident"] = string.Create(CultureInfo.InvariantCulture, $"{resident} of {files.Pages} pages before a start"),
            ["program"] = "in the page cache: only the weights are cold",
        };
    }

    public Ceiling? Ceiling => null;

    public IReadOnlyDictionary<string, string> Facts { get; }

    public static LoadStartProbe Prepare(ProbeRequest request)
    {
        var files = LoadFiles.Of(request);
        try
        {
            return new(request, files);
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
        var times = LoadStartChild.Read(Answer(child, start), out var sum);
        var before = start;
        for (var phase = 0; phase < times.Length; phase++)
        {
            sink.Add(phase + 1, start, times[^1], 1, (times[phase] - before) / 1e9, flags);
            before = times[phase];
        }
        sink.Add(0, start, times[^1], 1, (times[^1] - start) / 1e9, flags);
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

    unsafe ulong Expected()
    {
        using var memory = new PinnedMemory(LoadFiles.Stretch);
        var descriptors = files.Open(direct: false)!;
        var stretches = files.Chunks(LoadFiles.Stretch);
        var total = 0UL;
        for (var i = 0; i < stretches.Length; i++)
        {
            if (LoadFiles.Read(descriptors[stretches[i].File], stretches[i], memory.Start) < stretches[i].Length) throw new ProbeSkippedException("the weights became shorter while they were read");
            total += WeightUse.Sum(memory.Start, stretches[i].Length) * (2UL * (ulong)i + 1);
        }
        return total;
    }
}
