using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>
/// Pages of random data, moved in turns to the pages of two prompts that lie scattered in the cache. A word of every page is made wrong
/// before each sample and compared after it, all of them at the end.
/// </summary>
sealed unsafe class ReloadProbe : IPreparedProbe
{
    const int Bursts = 3;
    const double Region = 400e3;
    const long DirectBlock = 4 << 20, Sector = 4096;

    readonly Team team;
    readonly PinnedThread pin;
    readonly HostBlock source, pool;
    readonly PagedCache cache;
    readonly ReloadWork work;
    readonly PageCache? file;
    readonly string path, tier;
    readonly int tokens, pages, times, direct = -1;
    readonly long bytes;
    readonly SplitMix random;
    long moves;
    string? wrong;

    public ReloadProbe(ProbeRequest request)
    {
        tokens = PromptProbe.Tokens(request.Parameters);
        tier = request.Parameters.Word("tier", "pinned");
        var shape = LlmRequest.Read(request.Parameters, tokens).Shape;
        DemandRoom(shape, request.Cpus.Count, tokens);
        var lanes = HostKernels.Supported[0].Lanes;
        pages = PagedCache.PagesOf(tokens);
        bytes = PagedCache.Bytes(shape, lanes, 1, tokens);
        path = Path.Combine(request.Scratch, $"kv-{Guid.NewGuid():N}.bin");
        random = new(request.Seed);
        team = Team.For(request.Cpus);
        pin = new(request.Cpus[0]);
        source = HostMemory.Rent(bytes, request.Cpus, Content);
        pool = HostMemory.Rent(2 * bytes, request.Cpus, "");
        (pool.Content, pool.Companion) = ("", null);
        try
        {
            if (source.Content != Content) FillSource(request.Seed);
            cache = new(shape, lanes, pool.Start, 2, tokens, request.Seed);
            cache.Resize(0, tokens);
            cache.Resize(1, tokens);
            if (cache.PageBytes % Sector != 0) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"a page of {shape.Name} has {cache.PageBytes} bytes, and pages are moved in whole blocks of {Sector}"));
            work = new(cache, team.Count, pages, source.Start);
            var type = "memory";
            if (tier != "pinned")
            {
                Write(request.Scratch);
                file = new(path, bytes);
                type = FileSystems.Of(path);
                work.Descriptor = tier == "disk" ? direct = Open() : file.Descriptor;
                Ready();
                Demand(type);
            }
            else
            {
                work.Copy = Fastest();
            }
            Ceiling = tier == "disk" ? Direct() : Copied();
            times = (int)Math.Ceiling(Region / Math.Min(Time(work), Time(work)));
            Facts = new Dictionary<string, string>
            {
                ["model"] = shape.Name,
                ["bytes"] = string.Create(CultureInfo.InvariantCulture, $"{Pretty.Bytes(bytes)} in {pages} pages of {Pretty.Bytes(cache.PageBytes)}"),
                ["moves a sample"] = times.ToString(CultureInfo.InvariantCulture),
                ["threads"] = team.Count.ToString(CultureInfo.InvariantCulture),
                ["from"] = tier switch
                {
                    "disk" => $"{type} past the page cache of this machine (O_DIRECT); what lies below (hypervisor, disk cache) is unknown",
                    "cache" => $"{type}, whole file in the page cache",
                    _ => work.Copy == PageCopy.Library ? "memory, memmove of the C library" : "memory, stores past the caches",
                },
                ["pages"] = pool.Pages(2 * bytes),
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    string Content => string.Create(CultureInfo.InvariantCulture, $"keys and values {bytes}");

    public Ceiling? Ceiling { get; }

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal byte* Page(int number) => cache.Page(work.Sequence, number);

    /// <exception cref="ProbeSkippedException">It does not fit.</exception>
    public static void DemandRoom(ModelShape shape, int cpus, int tokens)
    {
        if (HostKernels.Supported is not [var kernels, ..]) throw new ProbeSkippedException("this processor has no fused multiply-add");
        var bytes = PagedCache.Bytes(shape, kernels.Lanes, 1, tokens);
        HostRoom.Demand(string.Create(CultureInfo.InvariantCulture, $"a cache of {tokens} tokens of {shape.Name}"), cpus, ("to keep", bytes), ("of cache for two prompts", 2 * bytes));
    }

    public void Sample(ref SampleSink sink)
    {
        var right = Ready();
        var word = (int)(random.Next() % (ulong)(cache.PageBytes / sizeof(long)));
        for (var i = 0; i < Math.Min(times, 2); i++) Spoil((int)(moves + i & 1), word);
        var start = Monotonic.Now;
        for (var i = 0; i < times; i++)
        {
            work.Sequence = (int)(moves++ & 1);
            team.Run(work);
        }
        var end = Monotonic.Now;
        var (flags, seconds) = (right ? SampleFlags.None : SampleFlags.WrongState, (end - start) / 1e9 / times);
        sink.Add(0, start, end, times, bytes / seconds, flags);
        sink.Add(1, start, end, times, seconds, flags);
        sink.Add(2, start, end, times, tokens / seconds, flags);
        if (work.Failed) wrong = "a read failed or ended before the end of the file";
        for (var i = 1; i <= Math.Min(times, 2); i++) Compare((int)(moves - i & 1), word);
    }

    void Spoil(int sequence, int word)
    {
        for (var page = 0; page < pages; page++) *Word(sequence, page, word) = ~*Source(page, word);
    }

    void Compare(int sequence, int word)
    {
        for (var page = 0; page < pages; page++)
        {
            if (*Word(sequence, page, word) != *Source(page, word)) wrong ??= "a page was not moved";
        }
    }

    /// <summary>Compares all that the last sample moved.</summary>
    public string? Verify()
    {
        if (wrong is not null) return wrong;
        for (var page = 0; page < pages; page++)
        {
            var length = (int)cache.PageBytes;
            var same = new ReadOnlySpan<byte>(Page(page), length).CommonPrefixLength(new(source.Start + page * cache.PageBytes, length));
            if (same < length) return string.Create(CultureInfo.InvariantCulture, $"byte {same} of page {page} was moved wrong");
        }
        return null;
    }

    public void Dispose()
    {
        if (direct >= 0) _ = Libc.close(direct);
        file?.Dispose();
        source.Dispose();
        pool.Dispose();
        pin.Dispose();
        if (File.Exists(path)) File.Delete(path);
    }

    long* Word(int sequence, int page, int word) => (long*)cache.Page(sequence, page) + word;

    long* Source(int page, int word) => (long*)(source.Start + page * cache.PageBytes) + word;

    void FillSource(ulong seed)
    {
        for (var page = 0L; page < bytes / Sector; page++) StreamData.Fill((double*)(source.Start + page * Sector), seed, page);
        (source.Content, source.Companion) = (Content, null);
    }

    void Write(string folder)
    {
        if (!Directory.Exists(folder)) throw new ProbeSkippedException($"there is no folder '{folder}' to write the file to");
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < bytes + (64 << 20)) throw new ProbeSkippedException($"the folder for the file has {Pretty.Bytes(free)} free, and {Pretty.Bytes(bytes)} are needed");
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        for (long at = 0; at < bytes; at += 1 << 24) stream.Write(new ReadOnlySpan<byte>(source.Start + at, (int)Math.Min(1 << 24, bytes - at)));
        // Only pages that are on the disk can be dropped.
        if (tier == "disk") stream.Flush(flushToDisk: true);
    }

    int Open()
    {
        var descriptor = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC | Libc.O_DIRECT);
        return descriptor >= 0 ? descriptor : throw new ProbeSkippedException($"a file on {FileSystems.Of(path)} cannot be read past the page cache (error {Marshal.GetLastPInvokeError()})");
    }

    /// <summary>Brings the file into the state that the tier means; says whether it is.</summary>
    bool Ready()
    {
        if (file is null) return true;
        if (tier == "disk") file.Drop();
        return file.Resident() == (tier == "disk" ? 0 : file.Pages);
    }

    void Demand(string type)
    {
        var resident = file!.Resident();
        if (resident != (tier == "disk" ? 0 : file.Pages))
            throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{resident} of {file.Pages} pages of a file on {type} are in memory, which is not what '{tier}' means"));
    }

    PageCopy Fastest()
    {
        var best = (Copy: PageCopy.Library, Nanoseconds: long.MaxValue);
        for (var burst = 0; burst < Bursts; burst++)
        {
            foreach (var copy in (PageCopy[])[PageCopy.Library, PageCopy.PastCaches])
            {
                work.Copy = copy;
                if (Time(work) is var time && time < best.Nanoseconds) best = (copy, time);
            }
        }
        return best.Copy;
    }

    /// <summary>Copying within memory is what memory and page cache amount to.</summary>
    Ceiling Copied()
    {
        var copy = new StreamWork(StreamKernel.Copy, team.Count, bytes / Sector) { A = (double*)source.Start, C = (double*)pool.Start };
        var fastest = long.MaxValue;
        foreach (var variant in StreamVariants.For(StreamKernel.Copy))
        {
            copy.Variant = variant;
            for (var burst = 0; burst < Bursts; burst++) fastest = Math.Min(fastest, Time(copy));
        }
        return new(bytes * 1e9 / fastest, $"measured: fastest of {Bursts} copies of each kind within memory, as many bytes one after another, bytes of payload");
    }

    Ceiling Direct()
    {
        var reading = new FileWork(team.Count, pool.Start, bytes, DirectBlock) { Descriptor = direct };
        var fastest = long.MaxValue;
        for (var burst = 0; burst < Bursts; burst++) fastest = Math.Min(fastest, Time(reading));
        return reading.Failed ? throw new ProbeSkippedException("the file cannot be read past the page cache")
            : new(bytes * 1e9 / fastest, $"measured: fastest of {Bursts} sequential reads past the page cache (O_DIRECT) in blocks of 4 MiB, same threads");
    }

    long Time(TeamWork what)
    {
        var start = Monotonic.Now;
        team.Run(what);
        return Monotonic.Now - start;
    }
}
