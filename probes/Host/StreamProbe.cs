using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>The streaming probes and the hot copy when prepared: a team, its arrays, a window a sample.</summary>
sealed unsafe class StreamProbe : IPreparedProbe
{
    readonly Team team;
    readonly List<HostBlock> blocks = [];
    readonly PinnedThread pin;
    readonly StreamWork work;
    readonly StreamCheck check;
    readonly StreamTuning tuning;

    /// <summary>Sums of A up to each page; null for kernels that write.</summary>
    readonly long[]? sums;
    long samples;
    string? wrong;

    StreamProbe(StreamKernel kernel, ProbeRequest request, long pages)
    {
        team = Team.For(request.Cpus);
        pin = new(request.Cpus[0]);
        var bytes = pages * StreamWork.Page * sizeof(double);
        try
        {
            // Each array is a block of its own, so that all kernels of one size share what is filled once.
            var a = kernel == StreamKernel.Write ? null : Rent("random a");
            var b = kernel == StreamKernel.Triad ? Rent("random b") : null;
            var c = kernel == StreamKernel.Read ? null : Rent("written");
            work = new(kernel, team.Count, pages)
            {
                A = Start(a),
                B = Start(b),
                C = Start(c),
                Scalar = 1 + (request.Seed * 0x9E3779B97F4A7C15 >> 44),
            };
            Fill(pages, request.Seed);
            sums = kernel == StreamKernel.Read ? ((Held)a!.Companion!).Sums : null;
            check = new(work, pages, request.Seed);
            CheckFirst(pages);
            tuning = StreamTuning.Of(work, team, pages);
            (work.Variant, work.Windows, work.Passes, work.Window) = (tuning.Variant, tuning.Windows, tuning.Passes, 0);
            if (sums is null) check.Poison();
            Facts = new Dictionary<string, string>
            {
                ["array"] = Units.BytesText(bytes),
                ["arrays"] = blocks.Count.ToString(CultureInfo.InvariantCulture),
                ["threads"] = team.Count.ToString(CultureInfo.InvariantCulture),
                ["pages"] = string.Join(", ", blocks.Select(x => x.Pages(bytes)).Distinct()),
                ["kernel"] = tuning.Variant.Text(kernel),
                ["segment"] = Pretty.Bytes(work.WindowBytes),
                ["passes"] = tuning.Passes.ToString(CultureInfo.InvariantCulture),
                ["data seed"] = ((Held)blocks[0].Companion!).Seed.ToString(CultureInfo.InvariantCulture),
            };
        }
        catch
        {
            Dispose();
            throw;
        }

        HostBlock Rent(string content)
        {
            var block = HostMemory.Rent(bytes, request.Cpus, $"{content} {Units.BytesText(bytes)}");
            blocks.Add(block);
            // A block that comes with other contents loses them.
            if (block.Content != $"{content} {Units.BytesText(bytes)}") (block.Content, block.Companion) = ($"{content} {Units.BytesText(bytes)}", null);
            return block;
        }

        static double* Start(HostBlock? block) => block is null ? null : (double*)block.Start;
    }

    /// <summary>What a filled block holds: the sums of its pages up to each of them, and the seed of the data.</summary>
    sealed record Held(long[] Sums, ulong Seed);

    public Ceiling? Ceiling => tuning.Ceiling;

    public bool KeepsTuning => true;

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal StreamWork Work => work;

    public static StreamProbe Prepare(StreamKernel kernel, ProbeRequest request)
    {
        var bytes = request.Parameters.Number("bytes", kernel == StreamKernel.HotCopy ? 64 << 20 : 256 << 20);
        var pages = (long)bytes / (kernel == StreamKernel.HotCopy ? 2 : 1) / (StreamWork.Page * sizeof(double));
        if (pages < request.Cpus.Count)
            throw new ProbeSkippedException($"{Units.BytesText(bytes)} is less than a page of 4KiB an array for each of the {request.Cpus.Count} threads");
        HostMemory.Demand(pages * StreamWork.Page * sizeof(double) * kernel.Arrays());
        return new(kernel, request, pages);
    }

    public void Sample(ref SampleSink sink)
    {
        work.Window = (int)(samples++ % work.Windows);
        var counted = StreamTuning.Counted(work.Kernel, work.WindowBytes) * work.Passes;
        var start = Monotonic.Now;
        team.Run(work);
        var end = Monotonic.Now;
        sink.AddRate(0, start, end, work.Passes, counted);
        if (sums is not null && work.Sum != Expected(sums)) wrong ??= "the sum of a segment differs from that of the data written";
    }

    public string? Verify()
    {
        if (sums is not null || wrong is not null) return wrong;
        for (var window = 0; window < Math.Min(samples, work.Windows); window++)
        {
            if (check.Wrong(window) is { } error) return error;
        }
        return null;
    }

    public void Dispose()
    {
        foreach (var block in blocks) block.Dispose();
        pin.Dispose();
    }

    /// <summary>Fills those arrays that do not hold their data yet.</summary>
    void Fill(long pages, ulong seed)
    {
        foreach (var block in blocks.Where(b => b.Companion is null))
        {
            var start = (double*)block.Start;
            var pageSums = new long[pages];
            var target = new StreamWork(work.Kernel, team.Count, pages)
            {
                A = start == work.A ? start : null,
                B = start == work.B ? start : null,
                C = start == work.C ? start : null,
            };
            team.Run(new StreamData(target, seed) { PageSums = pageSums });
            var sums = new long[pages + 1];
            for (var page = 0; page < pages; page++) sums[page + 1] = sums[page] + pageSums[page];
            block.Companion = new Held(sums, seed);
        }
    }

    /// <summary>Every variant on a small window, before anything is timed.</summary>
    void CheckFirst(long pages)
    {
        (work.Windows, work.Window, work.Passes) = ((int)Math.Max(1, Math.Min(pages / work.Threads / 4, int.MaxValue)), 0, 1);
        foreach (var variant in StreamVariants.For(work.Kernel))
        {
            work.Variant = variant;
            if (work.C != null) PoisonWindow();
            team.Run(work);
            var error = sums is null ? check.Wrong(0) : work.Sum == Expected(sums) ? null : "a wrong sum";
            if (error is not null) throw new InvalidOperationException($"The kernel {work.Kernel} with {variant.Text(work.Kernel)} is wrong: {error}.");
        }
    }

    void PoisonWindow()
    {
        for (var thread = 0; thread < work.Threads; thread++)
        {
            var (first, end) = work.PagesOf(thread, 0);
            new Span<double>(work.C + first * StreamWork.Page, (int)(end - first) * StreamWork.Page).Fill(StreamData.Poison);
        }
    }

    double Expected(long[] prefix)
    {
        long sum = 0;
        for (var thread = 0; thread < work.Threads; thread++)
        {
            var (first, end) = work.PagesOf(thread, work.Window);
            sum += prefix[end] - prefix[first];
        }
        return sum;
    }
}
