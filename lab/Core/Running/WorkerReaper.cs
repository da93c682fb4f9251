using System.Globalization;
using System.Text;

namespace GpuLab.Running;

/// <summary>
/// Ends a worker and everything it started. A worker leads a session of its own, but what it starts may leave that session:
/// such processes are found by the mark that they inherited in their environment.
/// </summary>
public static class WorkerReaper
{
    /// <summary>Environment variable whose value no two workers share.</summary>
    public const string Mark = "GPULAB_WORKER";

    /// <summary>Kills the process, its session, and processes that carry the mark.</summary>
    public static void End(int pid, string mark) => End(pid, Mark, mark);

    /// <summary>The same with another variable for the mark.</summary>
    public static void End(int pid, string variable, string mark)
    {
        _ = Posix.kill(-pid, Posix.SIGKILL);
        _ = Posix.kill(pid, Posix.SIGKILL);
        EndMarked(pid, variable, mark);
    }

    /// <summary>Kills processes of a session and those that carry the mark, but not the caller.</summary>
    public static void EndMarked(int session, string variable, string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"{variable}={mark}\0");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var other)) continue;
            if (other == session || other == Environment.ProcessId) continue;
            if (Descends(folder, wanted, session)) _ = Posix.kill(other, Posix.SIGKILL);
        }
    }

    static bool Descends(string folder, byte[] wanted, int pid)
    {
        try
        {
            if (Session(folder) == pid) return true;
            return File.ReadAllBytes($"{folder}/environ").AsSpan().IndexOf(wanted) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static int Session(string folder)
    {
        var stat = File.ReadAllText($"{folder}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return int.Parse(fields[3], CultureInfo.InvariantCulture);
    }
}
