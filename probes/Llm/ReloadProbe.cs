using System.Globalization;
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
    readonly PromptFile? file;
    readonly string tier;
    readonly int tokens, pages, prompts, times;
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
        random = new(request.Seed);
        team = Team.For(request.Cpus);
        pin = new(request.Cpus[0]);
        source = HostMemory.Rent(all, request.Cpus, Content);
        pool = HostMemory.Rent(all, request.Cpus, "");
        (pool.Content, pool.Companion) = ("", null);
        try
        {
            if (source.Content != Content) FillSource(source.Start, all, request.Seed);
            (source.Content, source.Companion) = (Content, null);
            cache = new(shape, lanes, pool.Start, prompts, tokens, request.Seed);
            for (var prompt = 0; prompt < prompts; prompt++) cache.Resize(prompt, tokens);
            if (cache.PageBytes % Sector != 0) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"a page of {shape.Name} has {cache.PageBytes} bytes, and pages are moved in whole blocks of {Sector}"));
            work = new(cache, team.Count, pages, source.Start);
            if (tier == "pinned")
            {
                work.Copy = Fastest();
            }
            else
            {
                file = new(request.Scratch, source.Start, all, below: tier == "disk");
                work.Descriptor = file.Descriptor;
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
                ["from"] = file?.Place ?? (work.Copy == PageCopy.Library ? "memory, memmove of the C library" : "memory, stores past the caches"),
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

    /// <summary>Prompts that take turns.</summary>
    internal static int Prompts(long bytes) => (int)Math.Max(LeastPrompts, (Streaming + bytes - 1) / bytes);

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
        return file?.Misplaced();
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
        file?.Dispose();
        source.Dispose();
        pool.Dispose();
        pin.Dispose();
    }

    /// <summary>Random numbers that depend on the seed and the place alone.</summary>
    /// <param name="bytes">Whole blocks of 4 KiB.</param>
    internal static void FillSource(byte* start, long bytes, ulong seed)
    {
        for (var page = 0L; page < bytes / Sector; page++) StreamData.Fill((double*)(start + page * Sector), seed, page);
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
        var reading = new FileWork(team.Count, pool.Start, all, DirectBlock) { Descriptor = file!.Descriptor };
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
