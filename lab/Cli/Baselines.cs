using GpuLab.Results;

namespace GpuLab.Cli;

/// <summary>Kept results by device: <c>reports/baselines/DEVICE/…</c>, run folders at any depth.</summary>
static class Baselines
{
    const string Place = "reports/baselines";

    /// <summary>The latest finished run kept for a device.</summary>
    /// <param name="folder">Where baselines are; null for <c>reports/baselines</c> of this folder or the nearest one above it.</param>
    /// <exception cref="UsageException">There is none; the message says which there are.</exception>
    public static string Of(string device, string? folder)
    {
        var root = folder ?? Nearest() ?? throw new UsageException($"there is no {Place} here or above; name the folder with --baselines.");
        if (!Directory.Exists(root)) throw new UsageException($"'{root}' is not a folder.");
        var home = Directory.EnumerateDirectories(root).FirstOrDefault(d => string.Equals(Path.GetFileName(d), RunFiles.Safe(device), StringComparison.OrdinalIgnoreCase) || string.Equals(Path.GetFileName(d), device, StringComparison.OrdinalIgnoreCase));
        var runs = home is null ? [] : Directory.EnumerateFiles(home, RunFiles.Run, SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!).Select(d => (Folder: d, Info: RunFolderReader.ReadInfo(d))).Where(r => r.Info.Exit == 0).ToList();
        if (runs.Count > 0) return runs.MaxBy(r => r.Info.Start).Folder;
        var known = Directory.EnumerateDirectories(root).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).ToList();
        throw new UsageException($"no finished run is kept for '{device}' in {root}; {(known.Count == 0 ? "it holds no device" : $"it holds {string.Join(", ", known)}")}. Copy a run folder to {Path.Combine(root, device)} to keep one.");
    }

    static string? Nearest()
    {
        for (var at = new DirectoryInfo(Environment.CurrentDirectory); at is not null; at = at.Parent)
        {
            if (Directory.Exists(Path.Combine(at.FullName, Place))) return Path.Combine(at.FullName, Place);
        }
        return null;
    }
}
