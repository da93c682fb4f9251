using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>One stretch of a file and its place in memory.</summary>
/// <param name="Offset">In the file, or in memory that it comes from; a multiple of 4 KiB, as reads past the page cache need.</param>
/// <param name="Target">From the beginning of the memory; as far from a multiple of 4 KiB as the offset, so that copies are of whole pages.</param>
readonly record struct LoadChunk(int File, long Offset, int Length, long Target);

/// <summary>The files of a checkpoint as a loader sees them: their bytes, and how much of them the kernel keeps in memory.</summary>
sealed class LoadFiles : IDisposable
{
    public const int Page = 4096;

    /// <summary>The grain in which loaded bytes are compared.</summary>
    public const int Stretch = 256 << 10;

    readonly List<PageCache> caches = [];
    readonly List<int> opened = [];
    readonly string[] paths;
    readonly long[] lengths, targets;
    (int[] Descriptors, LoadChunk[] Chunks, PinnedMemory Buffer)? warming;

    /// <param name="folder">Where they lie, or lay when they had names.</param>
    LoadFiles(string[] paths, string folder)
    {
        this.paths = paths;
        FileSystem = FileSystems.Of(folder);
        lengths = [.. paths.Select(LengthOf)];
        targets = new long[paths.Length];
        for (var i = 1; i < paths.Length; i++) targets[i] = targets[i - 1] + RoundUp(lengths[i - 1]);
        Bytes = lengths.Sum();
        Room = targets[^1] + RoundUp(lengths[^1]);
        try
        {
            foreach (var (path, length) in paths.Zip(lengths)) caches.Add(new(path, length));
            Pages = caches.Sum(c => c.Pages);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Count => paths.Length;

    /// <summary>Of all files.</summary>
    public long Bytes { get; }

    /// <summary>Bytes of memory that hold them, each file on pages of its own.</summary>
    public long Room { get; }

    public long Pages { get; }

    public string FileSystem { get; }

    /// <summary>The weights that a cell names, or random ones of the size it asks for.</summary>
    /// <exception cref="ProbeSkippedException">There are no such weights, or no room for them.</exception>
    public static LoadFiles Of(ProbeRequest request)
    {
        try
        {
            if (request.Parameters["checkpoint"]?.Word is { } named)
            {
                using var checkpoint = Checkpoint.Open(named);
                return new([.. checkpoint.Files.Select(f => f.Path)], named);
            }
            return new(MadeWeights.Of(LoadInfo.BytesOf(request.Parameters), request.Seed, request.Scratch), request.Scratch);
        }
        catch (IOException wrong)
        {
            throw new ProbeSkippedException(wrong.Message);
        }
    }

    /// <summary>Opens what another process has prepared, headers included.</summary>
    /// <param name="named">The checkpoint; empty for made weights, which have paths only.</param>
    public static LoadFiles Again(string named, string[] paths)
    {
        if (named.Length > 0)
        {
            using var checkpoint = Checkpoint.Open(named);
            return new([.. checkpoint.Files.Select(f => f.Path)], named);
        }
        foreach (var path in paths) SafetensorsHeader.Open(path, path).Dispose();
        return new(paths, Path.GetDirectoryName(paths[0])!);
    }

    /// <summary>Where a file begins in memory.</summary>
    public long TargetOf(int file) => targets[file];

    public long LengthOf(int file) => lengths[file];

    public string PathOf(int file) => paths[file];

    /// <summary>All bytes in the order in which they lie on disk.</summary>
    public LoadChunk[] Chunks(int size)
    {
        var chunks = new List<LoadChunk>();
        for (var file = 0; file < paths.Length; file++)
        {
            for (long at = 0; at < lengths[file]; at += size) chunks.Add(new(file, at, (int)Math.Min(size, lengths[file] - at), targets[file] + at));
        }
        return [.. chunks];
    }

    /// <summary>The same where all files lie in memory already, each at its place.</summary>
    public LoadChunk[] InMemory(int size) => [.. Chunks(size).Select(c => c with { Offset = c.Target })];

    /// <summary>Reads all files once, each to its place.</summary>
    /// <param name="memory">Of <see cref="Room"/> bytes.</param>
    /// <exception cref="ProbeSkippedException">One cannot be read to its end.</exception>
    public unsafe void Fill(byte* memory)
    {
        var descriptors = Open(direct: false)!;
        foreach (var chunk in Chunks(8 << 20))
        {
            var got = Read(descriptors[chunk.File], chunk, memory + chunk.Target);
            if (got < chunk.Length) throw new ProbeSkippedException(Reason(chunk, got));
        }
    }

    /// <summary>Descriptors of all files, closed with this object.</summary>
    /// <param name="direct">Past the page cache; where the file system refuses that, the answer is null.</param>
    public unsafe int[]? Open(bool direct)
    {
        var descriptors = new int[paths.Length];
        using var page = direct ? new PinnedMemory(Page) : null;
        for (var i = 0; i < paths.Length; i++)
        {
            descriptors[i] = Libc.open(paths[i], Libc.O_RDONLY | Libc.O_CLOEXEC | (direct ? Libc.O_DIRECT : 0));
            if (descriptors[i] < 0 && !direct) throw new CheckpointException($"'{paths[i]}' cannot be opened (error {Marshal.GetLastPInvokeError()})");
            if (descriptors[i] < 0) return null;
            opened.Add(descriptors[i]);
            // Some file systems let a file be opened so and refuse to read it.
            if (direct && Libc.pread(descriptors[i], page!.Start, Page, 0) < 0) return null;
        }
        return descriptors;
    }

    /// <summary>Reads a chunk. The memory has room for whole pages.</summary>
    /// <returns>Bytes; fewer than the chunk has mean that the file ends before, and -1 that it cannot be read. Does not allocate.</returns>
    public static unsafe long Read(int descriptor, in LoadChunk chunk, byte* into)
    {
        const int interrupted = 4, sector = 512;
        // Past the page cache only whole pages are read.
        var whole = RoundUp(chunk.Length);
        long got = 0;
        while (got < chunk.Length)
        {
            var more = Libc.pread(descriptor, into + got, (nuint)(whole - got), chunk.Offset + got);
            if (more < 0 && Marshal.GetLastPInvokeError() == interrupted) continue;
            if (more < 0) return -1;
            got += more;
            if (more % sector != 0 || more == 0) break;
        }
        return got;
    }

    /// <summary>What to say of a chunk of which so many bytes could be read.</summary>
    public string Reason(LoadChunk chunk, long got) => got < 0
        ? string.Create(CultureInfo.InvariantCulture, $"'{paths[chunk.File]}' cannot be read at byte {chunk.Offset} (error {Marshal.GetLastPInvokeError()})")
        : string.Create(CultureInfo.InvariantCulture, $"'{paths[chunk.File]}' became shorter while it was read: {Units.BytesText(lengths[chunk.File])} before, and nothing at byte {chunk.Offset + got}");

    /// <summary>Whether a part of every file is in memory: to look at all of it takes a good part of the time of a load from there.</summary>
    /// <param name="turn">Which of so many parts.</param>
    public bool IsWarm(long turn, int parts)
    {
        var part = turn % parts;
        foreach (var cache in caches)
        {
            var (first, end) = (cache.Pages * part / parts, cache.Pages * (part + 1) / parts);
            if (cache.Resident(first, end - first) != end - first) return false;
        }
        return true;
    }

    /// <summary>Reads what is not in the page cache into it; a few times, since the kernel may take pages away meanwhile.</summary>
    /// <returns>Pages in memory then.</returns>
    public unsafe long Warm()
    {
        const int most = 3;
        // In short reads one after another the kernel reads ahead, into larger and larger pages, from which copies are quicker.
        warming ??= (Open(direct: false)!, Chunks(Stretch), new PinnedMemory(Stretch));
        var resident = Resident();
        for (var turn = 0; turn < most && resident < Pages; turn++)
        {
            foreach (ref readonly var chunk in warming.Value.Chunks.AsSpan()) _ = Read(warming.Value.Descriptors[chunk.File], chunk, warming.Value.Buffer.Start);
            resident = Resident();
        }
        return resident;
    }

    /// <summary>Asks the kernel to forget all of it.</summary>
    public void Drop()
    {
        foreach (var cache in caches) cache.Drop();
    }

    /// <summary>Pages in memory now. Does not allocate.</summary>
    public long Resident()
    {
        long sum = 0;
        foreach (var cache in caches) sum += cache.Resident();
        return sum;
    }

    public void Dispose()
    {
        foreach (var cache in caches) cache.Dispose();
        foreach (var descriptor in opened) _ = Libc.close(descriptor);
        opened.Clear();
        warming?.Buffer.Dispose();
    }

    /// <summary>Of the file itself where the path is a link.</summary>
    static long LengthOf(string path)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        return RandomAccess.GetLength(file);
    }

    static long RoundUp(long bytes) => (bytes + Page - 1) / Page * Page;
}
