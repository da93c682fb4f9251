using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>Kept prompts as a file that lies in the page cache or below it, and is gone with this object.</summary>
sealed unsafe class PromptFile : IDisposable
{
    readonly string path;
    readonly bool below;
    readonly PageCache? cache;
    readonly int direct = -1;

    /// <param name="below">Whether it is to be read past the page cache, and none of it may be there.</param>
    /// <exception cref="ProbeSkippedException">There is no room, or this file system cannot have it where it should be.</exception>
    public PromptFile(string folder, byte* content, long length, bool below)
    {
        (path, this.below) = (Path.Combine(folder, $"kv-{Guid.NewGuid():N}.bin"), below);
        try
        {
            Write(folder, content, length);
            cache = new(path, length);
            FileSystem = FileSystems.Of(path);
            if (below)
            {
                direct = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC | Libc.O_DIRECT);
                if (direct < 0) throw new ProbeSkippedException($"a file on {FileSystem} cannot be read past the page cache (error {Marshal.GetLastPInvokeError()})");
                cache.Drop();
            }
            if (Misplaced() is { } reason) throw new ProbeSkippedException($"{reason} on {FileSystem}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string FileSystem { get; } = "";

    public int Descriptor => below ? direct : cache!.Descriptor;

    /// <summary>For the reader of figures: where the file is.</summary>
    public string Place => below ? $"{FileSystem} past the page cache of this machine (O_DIRECT); what lies below (hypervisor, disk cache) is unknown" : $"{FileSystem}, whole file in the page cache";

    /// <summary>Says where the page cache holds some of the file, or not all of it, against what is meant; null where it is right.</summary>
    public string? Misplaced()
    {
        var resident = cache!.Resident();
        return resident == (below ? 0 : cache.Pages) ? null
            : string.Create(CultureInfo.InvariantCulture, $"{resident} of {cache.Pages} pages of the file are in memory, which is not what '{(below ? "disk" : "cache")}' means,");
    }

    public void Dispose()
    {
        if (direct >= 0) _ = Libc.close(direct);
        cache?.Dispose();
        if (File.Exists(path)) File.Delete(path);
    }

    void Write(string folder, byte* content, long length)
    {
        if (!Directory.Exists(folder)) throw new ProbeSkippedException($"there is no folder '{folder}' to write the file to");
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < length + (64 << 20)) throw new ProbeSkippedException($"the folder for the file has {Model.Pretty.Bytes(free)} free, and {Model.Pretty.Bytes(length)} are needed");
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        for (long at = 0; at < length; at += 1 << 24) stream.Write(new ReadOnlySpan<byte>(content + at, (int)Math.Min(1 << 24, length - at)));
        // Only pages that are on the disk can be dropped.
        if (below) stream.Flush(flushToDisk: true);
    }
}
