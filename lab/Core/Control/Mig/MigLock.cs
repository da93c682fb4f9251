using System.Globalization;

namespace GpuLab.Control.Mig;

/// <summary>
/// One at a time may change a GPU, whoever it is: an exclusive flock, which the kernel drops when its process dies however it dies.
/// The file stays, because removing a lock file races with the next one who takes it.
/// </summary>
sealed class MigLock : IDisposable
{
    const int WouldBlock = 11;
    const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(50);

    readonly FileStream file;

    MigLock(FileStream file) => this.file = file;

    /// <exception cref="PartitionException">Somebody else has it.</exception>
    public static async ValueTask<MigLock> Take(string gpu, string folder, TimeSpan wait, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"gpulab-{gpu}.lock");
        for (var waited = TimeSpan.Zero; ; waited += pause)
        {
            try
            {
                var file = Open(path);
                // In a file of its own, because .NET cannot open a locked one even for reading.
                Note(path + ".owner");
                return new(file);
            }
            catch (IOException e) when (e.HResult == WouldBlock)
            {
                if (waited >= wait) throw new PartitionException($"{gpu} is being changed by another gpulab ({Owner(path + ".owner")}). Wait for it with --wait SECONDS, or stop it; nothing was touched.", e);
                await Task.Delay(pause, cancel);
            }
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>In a folder that everybody may write to, creating another user's file is refused even to root; so it is opened as it is first.</summary>
    static FileStream Open(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 0);
        }
        catch (FileNotFoundException)
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 0);
            if (OperatingSystem.IsLinux()) File.SetUnixFileMode(file.SafeFileHandle, Everybody);
            return file;
        }
    }

    static void Note(string path)
    {
        try
        {
            File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"pid {Environment.ProcessId}, user {Environment.UserName}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's note cannot be overwritten everywhere; the lock holds without it.
            return;
        }
    }

    static string Owner(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "pid unknown";
        }
    }
}
