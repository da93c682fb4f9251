using System.Globalization;

namespace GpuLab.Results;

/// <summary>
/// One writer per run folder: an exclusive flock, which the kernel drops when its process dies however it dies.
/// The file stays, because removing a lock file races with the next one who takes it.
/// </summary>
sealed class FolderLock : IDisposable
{
    const int WouldBlock = 11;
    readonly FileStream file;

    FolderLock(FileStream file) => this.file = file;

    /// <exception cref="RunFolderException">Another process writes here; the message names it.</exception>
    public static FolderLock Take(string folder)
    {
        FileStream file;
        try
        {
            file = new(Path.Combine(folder, RunFiles.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 0);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new RunFolderException($"'{folder}' is being written by another gpulab ({Owner(folder)}). Wait for it, or stop it, or choose another folder.", e);
        }
        try
        {
            // In a file of its own, because .NET cannot open a locked one even for reading.
            File.WriteAllText(Path.Combine(folder, RunFiles.Owner), string.Create(CultureInfo.InvariantCulture, $"pid {Environment.ProcessId} on {Environment.MachineName}"));
            return new(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => file.Dispose();

    static string Owner(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, RunFiles.Owner));
        }
        catch (IOException)
        {
            return "pid unknown";
        }
    }
}
