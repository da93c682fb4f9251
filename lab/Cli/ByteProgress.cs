using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Cli;

/// <summary>How far a long read or write has got, on standard error: one line that changes on a terminal, a line for each tenth elsewhere.</summary>
sealed class ByteProgress(string what) : IDisposable
{
    const long Glance = 200_000_000;

    readonly Lock gate = new();
    readonly long start = Monotonic.Now;
    long shown = Monotonic.Now;
    int tenth;

    /// <summary>From any thread.</summary>
    public void Tell(long done, long total)
    {
        lock (gate)
        {
            var now = Monotonic.Now;
            if (now - shown < Glance) return;
            // Short work needs no lines in a log.
            if (Console.IsErrorRedirected && (done * 10 / total <= tenth || now - start < 10 * Glance)) return;
            (shown, tenth) = (now, (int)(done * 10 / total));
            var line = string.Create(CultureInfo.InvariantCulture, $"{Pretty.Bytes(done)} of {Pretty.Bytes(total)} {what}, {Pretty.Value(done * 1e9 / (now - start), "B/s")}");
            if (Console.IsErrorRedirected) Console.Error.WriteLine(line);
            else Console.Error.Write($"\r\u001b[K{line}");
        }
    }

    public void Dispose()
    {
        if (!Console.IsErrorRedirected) Console.Error.Write("\r\u001b[K");
    }
}
