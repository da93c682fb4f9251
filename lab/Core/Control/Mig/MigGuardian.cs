using System.Diagnostics;
using System.Globalization;
using GpuLab.Running;

namespace GpuLab.Control.Mig;

/// <summary>
/// A small process of its own session that waits for the coordinator to end and then restores what is owed. It holds nothing open on the
/// GPU while it waits: a session of the driver would be a client that stands in the way of a mode change.
/// </summary>
public static class MigGuardian
{
    public const string Verb = "guardian";

    /// <summary>Said before a clean end, so that the guardian has nothing to look for.</summary>
    const byte Farewell = (byte)'.';

    /// <summary>How long it tries against processes that are about to end and faults that are about to pass.</summary>
    static readonly TimeSpan[] attempts = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60)];

    /// <param name="command">Executable and arguments that start this program again.</param>
    /// <returns>Disposed for a clean end; when this process dies instead, the guardian acts.</returns>
    public static IDisposable Start(IReadOnlyList<string> command, string gpu, string folder, string locks)
    {
        // With pipes of its own it cannot keep those of this process open after its end.
        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[.. command.Skip(1), Verb, gpu, folder, locks]) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new Guard(Process.Start(start) ?? throw new PartitionException("The guardian process did not start; nothing was touched."));
    }

    /// <summary>The body of the hidden verb.</summary>
    /// <param name="partitioner">Opens the GPU, once it is needed, with this journal and these options.</param>
    /// <returns>0 where nothing is owed any more, else 1.</returns>
    public static async Task<int> Run(string gpu, string folder, string locks, Func<FileMigJournal, MigOptions, MigPartitioner> partitioner)
    {
        Detach(folder);
        var end = Console.OpenStandardInput().ReadByte();
        if (end == Farewell) return 0;
        using var journal = new FileMigJournal(folder, locks);
        foreach (var pause in attempts)
        {
            await Task.Delay(pause);
            try
            {
                if (journal.Story(gpu) is not { Ending: MigEnding.Open }) return 0;
                Say($"{gpu}: the process that changed it is gone; restoring");
                await partitioner(journal, new(Wait: TimeSpan.FromMinutes(1), Say: Say)).Recover(default);
                Say($"{gpu}: restored");
                return 0;
            }
            catch (Exception e) when (e is PartitionException or NvmlException or IOException)
            {
                Say(e.Message);
            }
        }
        return 1;
    }

    /// <summary>A terminal's Ctrl-C and hang-up are not for it, nor does it keep anybody's pipe open.</summary>
    static void Detach(string folder)
    {
        _ = Posix.setsid();
        Directory.CreateDirectory(folder);
        const int Append = 0x401 | 0x40;
        var log = Posix.open(Path.Combine(folder, "guardian.log"), Append | Posix.O_CLOEXEC, Convert.ToInt32("644", 8));
        if (log < 0) return;
        _ = Posix.dup2(log, 1);
        _ = Posix.dup2(log, 2);
        _ = Posix.close(log);
    }

    static void Say(string sentence) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:O} guardian {Environment.ProcessId}: {sentence}"));

    sealed class Guard(Process process) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                process.StandardInput.BaseStream.WriteByte(Farewell);
                process.StandardInput.BaseStream.Flush();
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It is gone already; nothing is owed.
            }
            process.Dispose();
        }
    }
}
