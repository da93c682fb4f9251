using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using GpuLab.Control.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Commands;

/// <summary>
/// A program in a session of its own, with its standard output and error on one pipe. Ending it ends everything it started: its session, and what left
/// that session with the mark in its environment.
/// </summary>
sealed unsafe partial class ChildSession : IDisposable
{
    /// <summary>Environment variable whose value no two programs share.</summary>
    const string Mark = "GPULAB_COMMAND";

    /// <summary>Characters of a line that are kept.</summary>
    const int LongestLine = 1 << 16;

    readonly int pid, output;
    readonly string mark;
    readonly byte[] buffer = new byte[1 << 16];
    readonly Decoder utf8 = new UTF8Encoding(false).GetDecoder();
    readonly StringBuilder partial = new();
    readonly Queue<string> lines = [];
    int? status;
    bool closed;

    ChildSession(int pid, int output, string mark) => (this.pid, this.output, this.mark) = (pid, output, mark);

    /// <summary>Starts a program on some processors.</summary>
    /// <param name="command">Its path, and its arguments.</param>
    /// <param name="cpus">None leaves it to the kernel.</param>
    /// <exception cref="WorkerException">It does not start.</exception>
    public static ChildSession Start(string[] command, IReadOnlyList<int> cpus, IReadOnlyDictionary<string, string> environment)
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}@{Monotonic.Now}");
        var variables = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()) variables[(string)variable.Key] = (string?)variable.Value ?? "";
        foreach (var (name, value) in environment) variables[name] = value;
        variables[Mark] = mark;
        var ends = stackalloc int[2];
        if (pipe2(ends, CloseOnExec) != 0) throw new WorkerException($"the command got no pipe (error {Marshal.GetLastPInvokeError()})");
        // A program inherits the processors of the thread that starts it.
        var before = cpus.Count > 0 ? Affinity.Current() : null;
        try
        {
            if (before is not null) Affinity.Pin([.. cpus]);
            var error = Spawn(command, [.. variables.Select(v => $"{v.Key}={v.Value}")], ends[1], out var pid);
            if (error == 0) return new(pid, ends[0], mark);
            _ = close(ends[0]);
            throw new WorkerException($"the command did not start: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        finally
        {
            _ = close(ends[1]);
            if (before is not null) Affinity.Pin([.. before]);
        }
    }

    /// <summary>Whether the program itself has ended; what it started may live on.</summary>
    public bool HasEnded
    {
        get
        {
            if (status is not null) return true;
            int found;
            var answer = waitpid(pid, &found, NoHang);
            if (answer == pid) status = found;
            // Someone else waited for it.
            else if (answer < 0) status = 0;
            return status is not null;
        }
    }

    /// <summary>How it ended; null for exit code 0.</summary>
    public string? Failure => status switch
    {
        null or 0 => null,
        { } s when (s & 0x7F) != 0 => string.Create(CultureInfo.InvariantCulture, $"was ended by signal {s & 0x7F}"),
        { } s when s >> 8 == 127 => "was not found (exit code 127)",
        { } s => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {s >> 8 & 0xFF}"),
    };

    /// <summary>The next line, waited for so many milliseconds; null where there is none yet, or none any more.</summary>
    public string? ReadLine(int milliseconds)
    {
        if (lines.Count == 0 && !closed) Fill(milliseconds);
        if (lines.TryDequeue(out var line)) return line;
        if (!closed || partial.Length == 0) return null;
        line = partial.ToString();
        partial.Clear();
        return line;
    }

    /// <summary>Takes what is in the pipe after the program ended; what it started may keep the other end open.</summary>
    public void DrainAfterEnd()
    {
        int before;
        do
        {
            before = lines.Count;
            if (!closed) Fill(0);
        }
        while (lines.Count > before);
        closed = true;
    }

    /// <summary>Asks the program to end, waits, and then ends it and all that it started.</summary>
    public void End(double grace)
    {
        if (!HasEnded)
        {
            _ = kill(-pid, Terminate);
            for (var late = Monotonic.Now + (long)(grace * 1e9); !HasEnded && Monotonic.Now < late;)
            {
                // A program that waits for room in the pipe could not end.
                if (!closed) Fill(1);
                else Thread.Sleep(1);
            }
        }
        WorkerReaper.End(pid, Mark, mark);
        if (HasEnded) return;
        int found;
        if (waitpid(pid, &found, 0) == pid) status = found;
    }

    public void Dispose()
    {
        End(0);
        _ = close(output);
    }

    void Fill(int milliseconds)
    {
        var wanted = new PollFd { Descriptor = output, Events = PollIn };
        if (poll(&wanted, 1, milliseconds) <= 0) return;
        nint got;
        fixed (byte* into = buffer) got = read(output, into, (nuint)buffer.Length);
        if (got <= 0)
        {
            closed = true;
            return;
        }
        Span<char> text = new char[got + 1];
        text = text[..utf8.GetChars(buffer.AsSpan(0, (int)got), text, flush: false)];
        while (text.IndexOf('\n') is >= 0 and var end)
        {
            Keep(text[..end].TrimEnd('\r'));
            lines.Enqueue(partial.ToString());
            partial.Clear();
            text = text[(end + 1)..];
        }
        Keep(text);
    }

    void Keep(ReadOnlySpan<char> text) => partial.Append(text[..Math.Min(text.Length, LongestLine - partial.Length)]);
}
