using System.Globalization;
using System.Text;

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
    readonly string note;

    MigLock(FileStream file, string note) => (this.file, this.note) = (file, note);

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
                var note = path + ".owner";
                Note(note, string.Create(CultureInfo.InvariantCulture, $"pid {Environment.ProcessId}, user {Environment.UserName}"));
                return new(file, note);
            }
            catch (IOException e) when (e.HResult == WouldBlock)
            {
                if (waited >= wait) throw new PartitionException($"{gpu} is being changed by another gpulab ({await Owner(path + ".owner", cancel)}). Wait for it with --wait SECONDS, or stop it; nothing was touched.", e);
                await Task.Delay(pause, cancel);
            }
        }
    }

    public void Dispose()
    {
        // Emptied while the lock still holds, so that the next one refused never reads the name of somebody who has left.
        if (File.Exists(note)) Note(note, "", FileMode.Truncate);
        file.Dispose();
    }

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

    static void Note(string path, string text, FileMode mode = FileMode.Create)
    {
        try
        {
            using var stream = new FileStream(path, mode, FileAccess.Write);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's note cannot be overwritten everywhere; the lock holds without it.
            return;
        }
    }

    /// <summary>The note comes a moment after the lock, so an absent, empty or half-open one is looked at again for a while.</summary>
    static async ValueTask<string> Owner(string path, CancellationToken cancel)
    {
        for (var looks = 0; looks < 5; looks++)
        {
            if (looks > 0) await Task.Delay(pause, cancel);
            try
            {
                if (await File.ReadAllTextAsync(path, cancel) is { Length: > 0 } owner) return owner;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
        }
        return "pid unknown";
    }
}
