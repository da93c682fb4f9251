using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Host;
using GpuLab.Probes.Loading;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>
/// Pages of random data moved to pages that lie scattered in memory of a device, one copy a page: out of pinned memory by the calling thread, out of a file by the
/// pipeline that loads weights, through pinned blocks. A byte of every page is made wrong before each sample and looked at after it, all of them at the end.
/// </summary>
sealed unsafe class GpuReloadProbe : IPreparedProbe
{
    const int Readers = 4, Blocks = 16;
    const long Sector = 4096;

    /// <summary>Part of the memory that pages may take.</summary>
    const double Most = 0.9;

    /// <summary>Bytes a second that no link passes, to know how many moves make a sample of a millisecond.</summary>
    const double FastLink = 100e9;

    readonly string tier;
    readonly int tokens, pages, prompts, times, pageBytes;
    readonly long bytes, all;
    readonly PageTables tables;
    readonly GpuPlace place;
    readonly Loading.PinnedMemory? pinned, pool;
    readonly HostBlock? kept;
    readonly byte* source;
    readonly PromptFile? file;
    readonly GpuMarks marks;
    readonly LoadChunk[] chunks;
    readonly ChunkPipeline? pipeline;
    long moves;
    string? wrong;

    public GpuReloadProbe(ProbeRequest request, CudaSession session)
    {
        (tokens, tier) = (PromptProbe.Tokens(request.Parameters), request.Parameters.Word("tier", "pinned"));
        var shape = LlmRequest.Read(request.Parameters, tokens).Shape;
        DemandRoom(shape, session.Device.Memory, session.Device.Name, tokens);
        (pages, pageBytes) = (PageTables.PagesOf(tokens), (int)GpuStep.PageBytes(shape));
        bytes = (long)pages * pageBytes;
        prompts = ReloadProbe.Prompts(bytes);
        all = prompts * bytes;
        if (pageBytes % Sector != 0) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"a page of {shape.Name} has {pageBytes} bytes, and pages are moved in whole blocks of {Sector}"));
        HostMemory.Demand(all);
        tables = new(prompts, tokens, request.Seed);
        for (var prompt = 0; prompt < prompts; prompt++) tables.Resize(prompt, tokens);
        try
        {
            place = new(session.Context, all, "the pages");
            if (tier == "pinned") pinned = place.Pin(all);
            else kept = HostMemory.Rent(all, request.Cpus, "");
            source = pinned is not null ? pinned.Start : kept!.Start;
            ReloadProbe.FillSource(source, all, request.Seed);
            chunks = Chunks();
            marks = Marks(session);
            if (pinned is null)
            {
                file = new(request.Scratch, source, all, below: tier == "disk");
                pool = place.Pin((long)Blocks * pageBytes);
                pipeline = new(chunks, static (chunk, got) => string.Create(CultureInfo.InvariantCulture, $"the file of kept prompts gave {Math.Max(0, got)} of {chunk.Length} bytes at {chunk.Offset}"),
                    place, new([file.Descriptor], null, pool, pageBytes, Blocks, Readers), request.Cpus);
            }
            times = (int)Math.Clamp(Math.Ceiling(1e-3 * FastLink / bytes), 1, prompts);
            Ceiling = Bound();
            Facts = new Dictionary<string, string>
            {
                ["device"] = session.Device.Name,
                ["model"] = shape.Name,
                ["bytes"] = string.Create(CultureInfo.InvariantCulture, $"{Pretty.Bytes(bytes)} in {pages} pages of {Pretty.Bytes(pageBytes)}"),
                ["prompts"] = string.Create(CultureInfo.InvariantCulture, $"{prompts} by turns, {Pretty.Bytes(all)}"),
                ["moves a sample"] = times.ToString(CultureInfo.InvariantCulture),
                ["threads"] = pipeline is null ? "1 copies" : $"{Readers} read, {place.Copiers} copy, {Blocks} pinned blocks of a page",
                ["from"] = file?.Place ?? "pinned memory of the host",
                ["copy"] = $"a page at a time, {place.Copying}",
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Ceiling? Ceiling { get; }

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal byte* Page(int prompt, int number) => (byte*)place.Memory.Start.Address + (long)tables.Page(prompt, number) * pageBytes;

    /// <param name="memory">Of the slice; null where it is not known yet.</param>
    /// <exception cref="ProbeSkippedException">It does not fit.</exception>
    public static void DemandRoom(ModelShape shape, long? memory, string slice, int tokens)
    {
        var bytes = GpuStep.PageBytes(shape) * PageTables.PagesOf(tokens);
        var needed = ReloadProbe.Prompts(bytes) * bytes;
        if (needed > Most * memory)
            throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"caches of {tokens} tokens of {shape.Name}, {ReloadProbe.Prompts(bytes)} by turns, need {Pretty.Bytes(needed)}, more than {Most:0%} of the {Pretty.Bytes(memory!.Value)} of memory that {slice} has"));
    }

    public void Sample(ref SampleSink sink)
    {
        marks.Spoil();
        var start = Monotonic.Now;
        for (var i = 0; i < times; i++) Move();
        var end = Monotonic.Now;
        var seconds = (end - start) / 1e9 / times;
        sink.Add(0, start, end, times, bytes / seconds);
        sink.Add(1, start, end, times, seconds);
        sink.Add(2, start, end, times, tokens / seconds);
        // Every page of a prompt that had no turn is still spoilt, and no other.
        if (marks.CountWrong() != (prompts - times) * pages) wrong ??= "a page was not moved";
    }

    /// <summary>Compares all that was moved, and says where the file was not in the state that the tier means.</summary>
    public string? Verify()
    {
        if (wrong is not null) return wrong;
        var page = new byte[pageBytes];
        for (var prompt = 0; prompt < Math.Min(moves, prompts); prompt++)
        {
            // Spoilt for a sample in which it had no turn.
            var last = moves - 1 - (moves - 1 - prompt) % prompts;
            if (last < moves - times) continue;
            for (var number = 0; number < pages; number++)
            {
                fixed (byte* to = page) place.Memory.CopyTo(to, pageBytes, (long)tables.Page(prompt, number) * pageBytes, place.Stream);
                place.Stream.Synchronize();
                var same = page.AsSpan().CommonPrefixLength(new(source + ((long)prompt * pages + number) * pageBytes, pageBytes));
                if (same < pageBytes) return string.Create(CultureInfo.InvariantCulture, $"byte {same} of page {number} of prompt {prompt} was moved wrong");
            }
        }
        return file?.Misplaced();
    }

    public void Dispose()
    {
        pipeline?.Dispose();
        marks?.Dispose();
        pool?.Dispose();
        pinned?.Dispose();
        place?.Dispose();
        file?.Dispose();
        kept?.Dispose();
    }

    void Move()
    {
        var prompt = (int)(moves++ % prompts);
        if (pipeline is not null) pipeline.Load(prompt * pages, (prompt + 1) * pages);
        else Copy(chunks.AsSpan(prompt * pages, pages));
    }

    void Copy(ReadOnlySpan<LoadChunk> moved)
    {
        for (var i = 0; i < moved.Length; i++)
        {
            if (i >= place.Depth) place.Finish(i % place.Depth);
            place.Start(i % place.Depth, source + moved[i].Offset, moved[i].Target, moved[i].Length);
        }
        for (var i = Math.Max(0, moved.Length - place.Depth); i < moved.Length; i++) place.Finish(i % place.Depth);
    }

    /// <summary>Prompts lie one after another where they are kept, and anywhere where they go.</summary>
    LoadChunk[] Chunks()
    {
        var made = new LoadChunk[prompts * pages];
        for (var i = 0; i < made.Length; i++) made[i] = new(0, (long)i * pageBytes, pageBytes, (long)tables.Page(i / pages, i % pages) * pageBytes);
        return made;
    }

    GpuMarks Marks(CudaSession session)
    {
        var (at, right) = (new long[chunks.Length], new byte[chunks.Length]);
        for (var i = 0; i < chunks.Length; i++)
        {
            var mark = i * 7919L % pageBytes;
            (at[i], right[i]) = (chunks[i].Target + mark, source[chunks[i].Offset + mark]);
        }
        return new(session, place.Stream, place.Memory.Start, at, right);
    }

    /// <summary>Pages of a file must be read and copied: the slower of both bounds it.</summary>
    Ceiling Bound()
    {
        var copied = place.Fastest();
        if (pipeline is null) return copied;
        const int Bursts = 3;
        var fastest = 0.0;
        for (var burst = 0; burst < Bursts; burst++)
        {
            var (start, read, _) = pipeline.Load(0, prompts * pages, copy: false);
            fastest = Math.Max(fastest, all * 1e9 / (read - start));
        }
        return fastest < copied.Value ? new(fastest, $"measured: fastest of {Bursts} reads of the whole file by the same threads, without copying") : copied;
    }
}
