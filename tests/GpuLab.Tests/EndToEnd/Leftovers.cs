using System.Globalization;

namespace GpuLab.Tests.EndToEnd;

/// <summary>What a coordinator that was killed may have left behind.</summary>
static class Leftovers
{
    const string Mark = "GPULAB_WORKER=/proc/";

    /// <summary>Workers of a coordinator, found by the mark in their environment; the parent may be gone.</summary>
    public static IReadOnlyList<int> WorkersOf(int coordinator)
    {
        var wanted = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Mark}{coordinator}/fd/"));
        return [.. Processes().Where(p => Bytes($"/proc/{p}/environ").AsSpan().IndexOf(wanted) >= 0)];
    }

    /// <summary>Waits until the workers have noticed that nobody talks to them any more.</summary>
    /// <returns>Those that are still there after ten seconds.</returns>
    public static async Task<IReadOnlyList<int>> After(int coordinator)
    {
        for (var look = 0; look < 500 && WorkersOf(coordinator).Count > 0; look++) await Task.Delay(20);
        return WorkersOf(coordinator);
    }

    /// <summary>Named shared memory of this program; workers and coordinator share an anonymous file, so there is none.</summary>
    public static IReadOnlyList<string> SharedMemory() => [.. Directory.EnumerateFileSystemEntries("/dev/shm").Where(f => f.Contains("gpulab", StringComparison.OrdinalIgnoreCase))];

    static IEnumerable<int> Processes() => Directory.EnumerateDirectories("/proc")
        .Select(p => int.TryParse(Path.GetFileName(p), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0 && pid != Environment.ProcessId);

    static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
