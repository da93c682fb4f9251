using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>
/// Pages of random data, moved to pages that lie scattered in the cache. So many prompts take turns that neither what is moved nor where
/// it goes is still in the processor's caches. A word of every page is made wrong before each move and compared after it, all of them at the end.
/// </summary>
sealed unsafe class ReloadProbe : IPreparedProbe
{
    const int Bursts = 3, LeastPrompts = 2;
    const long DirectBlock = 4 << 20, Sector = 4096;

    /// <summary>Bytes of all prompts: larger than the processor's caches.</summary>
    const long Streaming = 256 << 20;

    readonly Team team;
    readonly PinnedThread pin;
    readonly HostBlock source, pool;
    readonly PagedCache cache;
    readonly ReloadWork work;
    readonly PageCache? file;
    readonly string path, tier;
    readonly int tokens, pages, prompts, times, direct = -1;
    readonly long bytes, all;
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
        pages = PageTables.PagesOf(tokens);
        bytes = PagedCache.Bytes(shape, lanes, 1, tokens);
        (prompts, all) = (Prompts(bytes), Prompts(bytes) * bytes);
        path = Path.Combine(request.Scratch, $"kv-{Guid.NewGuid():N}.bin");
        random = new(request.Seed);
        team = Team.For(request.Cpus);
        pin = new(request.Cpus[0]);
        source = HostMemory.Rent(all, request.Cpus, Content);
        pool = HostMemory.Rent(all, request.Cpus, "");
        (pool.Content, pool.Companion) = ("", null);
        try
        {
            if (source.Content != Content) FillSource(request.Seed);
            cache = new(shape, lanes, pool.Start, prompts, tokens, request.Seed);
            for (var prompt = 0; prompt < prompts; prompt++) cache.Resize(prompt, tokens);
            if (cache.PageBytes % Sector != 0) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"a page of {shape.Name} has {cache.PageBytes} bytes, and pages are moved in whole blocks of {Sector}"));
            work = new(cache, team.Count, pages, source.Start);
            var type = "memory";
            if (tier != "pinned")
            {
                Write(request.Scratch);
                file = new(path, all);
                type = FileSystems.Of(path);
                work.Descriptor = tier == "disk" ? direct = Open() : file.Descriptor;
                if (tier == "disk") file.Drop();
                if (Misplaced() is { } reason) throw new ProbeSkippedException($"{reason} on {type}");
            }
            else
            {
                work.Copy = Fastest();
            }
            Ceiling = tier == "disk" ? Direct() : Copied();
            // What was moved before was written over to find the ceiling.
            moves = 0;
            times = Math.Min(prompts, StepTiming.Times(new(0, bytes), team.Count));
            Facts = new Dictionary<string, string>
            {
                ["model"] = shape.Name,
                ["bytes"] = string.Create(CultureInfo.InvariantCulture, $"{Pretty.Bytes(bytes)} in {pages} pages of {Pretty.Bytes(cache.PageBytes)}"),
                ["prompts"] = string.Create(CultureInfo.InvariantCulture, $"{prompts} by turns, {Pretty.Bytes(all)}"),
                ["moves a sample"] = times.ToString(CultureInfo.InvariantCulture),
                ["threads"] = team.Count.ToString(CultureInfo.InvariantCulture),
                ["from"] = tier switch
                {
                    "disk" => $"{type} past the page cache of this machine (O_DIRECT); what lies below (hypervisor, disk cache) is unknown",
                    "cache" => $"{type}, whole file in the page cache",
                    _ => work.Copy == PageCopy.Library ? "memory, memmove of the C library" : "memory, stores past the caches",
                },
                ["pages"] = pool.Pages(all),
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    string Content => string.Create(CultureInfo.InvariantCulture, $"keys and values {all}");

    public Ceiling? Ceiling { get; }

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal byte* Page(int prompt, int number) => cache.Page(prompt, number);

    /// <exception cref="ProbeSkippedException">It does not fit.</exception>
    public static void DemandRoom(ModelShape shape, int cpus, int tokens)
    {
        if (HostKernels.Supported is not [var kernels, ..]) throw new ProbeSkippedException("this processor has no fused multiply-add");
        var bytes = PagedCache.Bytes(shape, kernels.Lanes, 1, tokens);
        HostRoom.Demand(string.Create(CultureInfo.InvariantCulture, $"a cache of {tokens} tokens of {shape.Name}"), cpus, ("to keep", Prompts(bytes) * bytes), ("of cache", Prompts(bytes) * bytes));
    }

    static int Prompts(long bytes) => (int)Math.Max(LeastPrompts, (Streaming + bytes - 1) / bytes);

    public void Sample(ref SampleSink sink)
    {
        var word = (int)(random.Next() % (ulong)(cache.PageBytes / sizeof(long)));
        for (var i = 0; i < times; i++) Spoil((int)((moves + i) % prompts), word);
        var start = Monotonic.Now;
        for (var i = 0; i < times; i++) Move();
        var end = Monotonic.Now;
        var seconds = (end - start) / 1e9 / times;
        sink.Add(0, start, end, times, bytes / seconds);
        sink.Add(1, start, end, times, seconds);
        sink.Add(2, start, end, times, tokens / seconds);
        if (work.Failed) wrong = "a read failed or ended before the end of the file";
        for (var i = 1; i <= times; i++) Compare((int)((moves - i) % prompts), word);
    }

    /// <summary>Compares all that was moved, and says where the file was not in the state that the tier means.</summary>
    public string? Verify()
    {
        if (wrong is not null) return wrong;
        var length = (int)cache.PageBytes;
        for (var prompt = 0; prompt < Math.Min(moves, prompts); prompt++)
        {
            for (var page = 0; page < pages; page++)
            {
                var same = new ReadOnlySpan<byte>(cache.Page(prompt, page), length).CommonPrefixLength(new(Source(prompt, page), length));
                if (same < length) return string.Create(CultureInfo.InvariantCulture, $"byte {same} of page {page} of prompt {prompt} was moved wrong");
            }
        }
        return Misplaced();
    }

    void Move()
    {
        work.Prompt = (int)(moves++ % prompts);
        team.Run(work);
    }

    long TimeMove()
    {
        var start = Monotonic.Now;
        Move();
        return Monotonic.Now - start;
    }

    byte* Source(int prompt, int page) => source.Start + prompt * bytes + page * cache.PageBytes;

    void Spoil(int prompt, int word)
    {
        for (var page = 0; page < pages; page++) ((long*)cache.Page(prompt, page))[word] = ~((long*)Source(prompt, page))[word];
    }

    void Compare(int prompt, int word)
    {
        for (var page = 0; page < pages; page++)
        {
            if (((long*)cache.Page(prompt, page))[word] != ((long*)Source(prompt, page))[word]) wrong ??= "a page was not moved";
        }
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

    void FillSource(ulong seed)
    {
        for (var page = 0L; page < all / Sector; page++) StreamData.Fill((double*)(source.Start + page * Sector), seed, page);
        (source.Content, source.Companion) = (Content, null);
    }

    void Write(string folder)
    {
        if (!Directory.Exists(folder)) throw new ProbeSkippedException($"there is no folder '{folder}' to write the file to");
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < all + (64 << 20)) throw new ProbeSkippedException($"the folder for the file has {Pretty.Bytes(free)} free, and {Pretty.Bytes(all)} are needed");
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        for (long at = 0; at < all; at += 1 << 24) stream.Write(new ReadOnlySpan<byte>(source.Start + at, (int)Math.Min(1 << 24, all - at)));
        // Only pages that are on the disk can be dropped.
        if (tier == "disk") stream.Flush(flushToDisk: true);
    }

    int Open()
    {
        var descriptor = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC | Libc.O_DIRECT);
        return descriptor >= 0 ? descriptor : throw new ProbeSkippedException($"a file on {FileSystems.Of(path)} cannot be read past the page cache (error {Marshal.GetLastPInvokeError()})");
    }

    /// <summary>Whether the page cache holds none of the file, or all of it, as the tier means; looked at before the first sample and after the last.</summary>
    string? Misplaced()
    {
        if (file is null) return null;
        var resident = file.Resident();
        return resident == (tier == "disk" ? 0 : file.Pages) ? null
            : string.Create(CultureInfo.InvariantCulture, $"{resident} of {file.Pages} pages of the file are in memory, which is not what '{tier}' means,");
    }

    PageCopy Fastest()
    {
        var best = (Copy: PageCopy.Library, Nanoseconds: long.MaxValue);
        for (var burst = 0; burst < Bursts; burst++)
        {
            foreach (var copy in (PageCopy[])[PageCopy.Library, PageCopy.PastCaches])
            {
                work.Copy = copy;
                if (TimeMove() is var time && time < best.Nanoseconds) best = (copy, time);
            }
        }
        return best.Copy;
    }

    /// <summary>Copying within memory is what memory and page cache amount to; always to and from what is not in the caches.</summary>
    Ceiling Copied()
    {
        var windows = (int)Math.Max(1, all / team.Count / DirectBlock);
        var copy = new StreamWork(StreamKernel.Copy, team.Count, all / Sector) { A = (double*)source.Start, C = (double*)pool.Start, Windows = windows };
        var fastest = 0.0;
        for (var burst = 0; burst < Bursts; burst++)
        {
            foreach (var variant in StreamVariants.For(StreamKernel.Copy))
            {
                (copy.Variant, copy.Window) = (variant, (copy.Window + 1) % windows);
                fastest = Math.Max(fastest, copy.WindowBytes * 1e9 / Time(copy));
            }
        }
        return new(fastest, $"measured: fastest of {Bursts} short copies of each kind within the same memory, bytes of payload");
    }

    Ceiling Direct()
    {
        var reading = new FileWork(team.Count, pool.Start, all, DirectBlock) { Descriptor = direct };
        var fastest = long.MaxValue;
        for (var burst = 0; burst < Bursts; burst++) fastest = Math.Min(fastest, Time(reading));
        return reading.Failed ? throw new ProbeSkippedException("the file cannot be read past the page cache")
            : new(all * 1e9 / fastest, $"measured: fastest of {Bursts} sequential reads past the page cache (O_DIRECT) in blocks of 4 MiB, same threads");
    }

    long Time(TeamWork what)
    {
        var start = Monotonic.Now;
        team.Run(what);
        return Monotonic.Now - start;
    }
}
