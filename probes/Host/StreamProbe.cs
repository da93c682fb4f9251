using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>The streaming probes and the hot copy when prepared: a team, its arrays, a window a sample.</summary>
sealed unsafe class StreamProbe : IPreparedProbe
{
    readonly Team team;
    readonly HostBlock block;
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
        var arrays = kernel.Arrays();
        var bytes = pages * StreamWork.Page * sizeof(double);
        var content = string.Create(CultureInfo.InvariantCulture, $"{(kernel == StreamKernel.Write ? "written" : "streams")} {bytes}");
        block = HostMemory.Rent(bytes * arrays, request.Cpus, content);
        try
        {
            var array = (double*)block.Start;
            var each = pages * StreamWork.Page;
            work = new(kernel, team.Count, pages)
            {
                A = kernel == StreamKernel.Write ? null : array,
                C = kernel switch { StreamKernel.Read => null, StreamKernel.Write => array, _ => array + each },
                B = kernel == StreamKernel.Triad ? array + 2 * each : null,
                Scalar = 1 + (request.Seed * 0x9E3779B97F4A7C15 >> 44),
            };
            var held = block.Companion as Held;
            if (block.Content != content || held is null || held.Arrays < arrays)
            {
                held = new(arrays, new long[pages + 1], request.Seed);
                Fill(held);
                (block.Content, block.Companion) = (content, held);
            }
            sums = kernel == StreamKernel.Read ? held.Sums : null;
            check = new(work, pages, request.Seed);
            CheckFirst(pages);
            tuning = StreamTuning.Of(work, team, pages);
            (work.Variant, work.Windows, work.Passes, work.Window) = (tuning.Variant, tuning.Windows, tuning.Passes, 0);
            if (sums is null) check.Poison();
            Facts = new Dictionary<string, string>
            {
                ["array"] = Units.BytesText(bytes),
                ["arrays"] = arrays.ToString(CultureInfo.InvariantCulture),
                ["threads"] = team.Count.ToString(CultureInfo.InvariantCulture),
                ["pages"] = block.Pages(bytes * arrays),
                ["kernel"] = tuning.Variant.Text(kernel),
                ["segment"] = Pretty.Bytes(work.WindowBytes),
                ["passes"] = tuning.Passes.ToString(CultureInfo.InvariantCulture),
                ["data seed"] = held.Seed.ToString(CultureInfo.InvariantCulture),
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What a filled block holds: how many arrays, the sums of the first, and the seed of the data.</summary>
    sealed record Held(int Arrays, long[] Sums, ulong Seed);

    public Ceiling? Ceiling => tuning.Ceiling;

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
        var start = MonotonicClock.Now;
        team.Run(work);
        var end = MonotonicClock.Now;
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
        block.Dispose();
        pin.Dispose();
    }

    void Fill(Held held)
    {
        (work.Windows, work.Window) = (1, 0);
        var pageSums = new long[held.Sums.Length - 1];
        team.Run(new StreamData(work, held.Seed) { PageSums = pageSums });
        for (var page = 0; page < pageSums.Length; page++) held.Sums[page + 1] = held.Sums[page] + pageSums[page];
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
