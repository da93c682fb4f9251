using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Llm;

/// <summary>Where a row of a step belongs: <c>gl_row</c> of cache.cuh.</summary>
[StructLayout(LayoutKind.Sequential)]
readonly record struct GpuRow(uint Sequence, uint Position);

/// <summary>Neighbouring rows of one sequence that attention takes at once: <c>gl_stretch</c> of prefill.cu.</summary>
[StructLayout(LayoutKind.Sequential)]
readonly record struct GpuStretch(uint First, uint Count, uint Sequence, uint Position)
{
    /// <summary>Most rows; <c>GL_QUERIES</c>.</summary>
    public const int Most = 64;
}

/// <summary>Attention over scattered pages against sums in double precision; what lies in pages beyond a sequence's end is no number.</summary>
static class AttentionChecks
{
    const int Layers = 2, Layer = 1, KvHeads = 2, Pages = 12, MostPages = 5;

    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        new("llm.place", ["gl_place"], Place, KernelModules.Llm),
        new("llm.remember", ["gl_remember"], Remember, KernelModules.Llm),
        new("llm.decode", ["gl_decode_64", "gl_decode_128", "gl_decode_merge"], Decode, KernelModules.Llm),
        new("llm.attend", ["gl_prefill_64", "gl_prefill_128"], Prefill, KernelModules.Llm),
    ];

    static string? Place(IKernelRunner on, ulong seed)
    {
        const int size = 64, heads = 6, width = (heads + 2 * KvHeads) * size;
        var cache = new Cache(on, seed, size, filled: false);
        var random = new SplitMix(seed);
        GpuRow[] rows = [new(0, 0), new(1, 31), new(0, 97), new(1, 32)];
        var projected = LayerChecks.Numbers(random, rows.Length * width);
        double Angle(int position, int i) => position * Math.Pow(100, -2.0 * i / size);
        var (cosines, sines) = (new float[128 * size / 2], new float[128 * size / 2]);
        for (var i = 0; i < cosines.Length; i++) (cosines[i], sines[i]) = ((float)Math.Cos(Angle(i / (size / 2), i % (size / 2))), (float)Math.Sin(Angle(i / (size / 2), i % (size / 2))));
        var queries = on.Allocate(2L * rows.Length * heads * size);
        on.Launch("gl_place", new((uint)rows.Length, 96), on.Allocate<float>(projected), on.Allocate<GpuRow>(rows), on.Allocate<float>(cosines), on.Allocate<float>(sines), queries,
            cache.Start, cache.Table, cache.PageBytes, (uint)MostPages, (uint)Layer, (uint)heads, (uint)KvHeads, (uint)size);
        var found = on.Download<ushort>(queries, rows.Length * heads * size);
        var stored = on.Download<ushort>(cache.Start, cache.Numbers.Length);
        for (var r = 0; r < rows.Length; r++)
        {
            var position = (int)rows[r].Position;
            double Turned(int head, int i)
            {
                var (x, y) = ((double)projected[r * width + head * size + i % (size / 2)], (double)projected[r * width + head * size + i % (size / 2) + size / 2]);
                var angle = Angle(position, i % (size / 2));
                return i < size / 2 ? x * Math.Cos(angle) - y * Math.Sin(angle) : y * Math.Cos(angle) + x * Math.Sin(angle);
            }
            var all = Enumerable.Range(0, size).ToArray();
            for (var head = 0; head < heads; head++)
            {
                if (LayerChecks.Far($"gl_place, query {head} of row {r}", [.. all.Select(i => Turned(head, i))], found[((r * heads + head) * size)..((r * heads + head + 1) * size)]) is { } wrong) return wrong;
            }
            for (var head = 0; head < KvHeads; head++)
            {
                var (keys, values) = (cache.At((int)rows[r].Sequence, position, head, false), cache.At((int)rows[r].Sequence, position, head, true));
                var wrong = LayerChecks.Far($"gl_place, key {head} of row {r}", [.. all.Select(i => Turned(heads + head, i))], stored[keys..(keys + size)])
                    ?? LayerChecks.Far($"gl_place, value {head} of row {r}", [.. all.Select(i => (double)projected[r * width + (heads + KvHeads + head) * size + i])], stored[values..(values + size)]);
                if (wrong is not null) return wrong;
            }
        }
        return null;
    }

    static string? Remember(IKernelRunner on, ulong seed)
    {
        const int size = 64, context = 70;
        var cache = new Cache(on, seed, size, filled: false);
        on.Launch("gl_remember", new(2 * context, 64), cache.Start, cache.Table, cache.PageBytes, (uint)MostPages, (uint)context, (uint)(Layers * KvHeads), (uint)size, seed);
        var stored = on.Download<ushort>(cache.Start, cache.Numbers.Length);
        foreach (var (sequence, position) in ((int, int)[])[(0, 0), (1, 33), (0, 69)])
        {
            var random = new SplitMix(seed ^ ((ulong)sequence << 32 | (uint)position) * 0x9E3779B97F4A7C15);
            for (var skipped = 0; skipped < Layer * KvHeads * size; skipped++) random.Next();
            for (var head = 0; head < KvHeads; head++)
            {
                var numbers = new float[2 * size];
                for (var i = 0; i < numbers.Length; i += 2) (numbers[i], numbers[i + 1]) = RandomContext.Draw(random);
                foreach (var values in (bool[])[false, true])
                {
                    var at = cache.At(sequence, position, head, values);
                    ushort[] expected = [.. numbers.Skip(values ? size : 0).Take(size).Select(Bf16.Round)];
                    if (Differences.First<ushort>(string.Create(CultureInfo.InvariantCulture, $"gl_remember, head {head} of token {position}"), expected, stored.AsSpan(at, size)) is { } wrong) return wrong;
                }
            }
        }
        return null;
    }

    static string? Decode(IKernelRunner on, ulong seed)
    {
        foreach (var (size, sharing, splits) in ((int, int, int)[])[(64, 7, 1), (64, 1, 3), (128, 4, 2)])
        {
            var cache = new Cache(on, seed, size);
            GpuRow[] rows = [new(0, 0), new(1, 31), new(0, 32), new(1, 158)];
            var heads = sharing * KvHeads;
            var queries = Queries(seed, rows.Length * heads * size);
            var parts = on.Allocate(4L * rows.Length * heads * splits * (size + 2));
            var into = on.Allocate(2L * rows.Length * heads * size);
            on.Launch(string.Create(CultureInfo.InvariantCulture, $"gl_decode_{size}"), new((uint)(rows.Length * KvHeads * splits), 128), on.Allocate<ushort>(queries), on.Allocate<GpuRow>(rows),
                cache.Start, cache.Table, cache.PageBytes, (uint)MostPages, parts, (uint)Layer, (uint)sharing, (uint)KvHeads, (uint)splits);
            on.Launch("gl_decode_merge", new((uint)(rows.Length * heads), (uint)size), parts, into, (uint)sharing, (uint)splits, (uint)size);
            var found = on.Download<ushort>(into, rows.Length * heads * size);
            for (var i = 0; i < rows.Length * heads; i++)
            {
                var expected = cache.Attention(queries.AsSpan(i * size, size), rows[i / heads], i % heads / sharing);
                if (LayerChecks.Far($"gl_decode_{size}, head {i % heads} of {rows[i / heads]}", expected, found[(i * size)..((i + 1) * size)], absolute: 1e-3) is { } wrong) return wrong;
            }
        }
        return null;
    }

    static string? Prefill(IKernelRunner on, ulong seed)
    {
        foreach (var (size, sharing) in ((int, int)[])[(64, 3), (128, 1)])
        {
            var cache = new Cache(on, seed, size);
            // From the beginning, going on within a page, and one token alone.
            GpuStretch[] stretches = [new(0, 64, 1, 0), new(64, 21, 0, 45), new(85, 1, 1, 64)];
            var (heads, count, room) = (sharing * KvHeads, 86, 85 + GpuStretch.Most);
            var queries = Queries(seed, room * heads * size);
            var into = on.Allocate(2L * count * heads * size);
            on.Launch(string.Create(CultureInfo.InvariantCulture, $"gl_prefill_{size}"), new((uint)(stretches.Length * heads), 128), on.Allocate<ushort>(queries), on.Allocate<GpuStretch>(stretches),
                cache.Start, cache.Table, cache.PageBytes, (uint)MostPages, into, (uint)Layer, (uint)heads, (uint)KvHeads);
            var found = on.Download<ushort>(into, count * heads * size);
            foreach (var stretch in stretches)
            {
                for (var i = 0; i < stretch.Count * heads; i++)
                {
                    var (row, head) = ((int)stretch.First + i / heads, i % heads);
                    var at = (row * heads + head) * size;
                    var expected = cache.Attention(queries.AsSpan(at, size), new(stretch.Sequence, stretch.Position + (uint)(i / heads)), head / sharing);
                    // Shares, too, are rounded to bf16.
                    if (LayerChecks.Far($"gl_prefill_{size}, head {head} of row {row}", expected, found[at..(at + size)], 0.01, 4e-3) is { } wrong) return wrong;
                }
            }
        }
        return null;
    }

    static ushort[] Queries(ulong seed, int count) => [.. LayerChecks.Numbers(new(seed + 1), count).Select(x => Bf16.Round(x))];

    /// <summary>Two sequences in pages that lie in no order.</summary>
    sealed class Cache
    {
        readonly int size;
        readonly uint[] table;

        public Cache(IKernelRunner on, ulong seed, int size, bool filled = true)
        {
            this.size = size;
            var random = new SplitMix(seed);
            table = [.. Enumerable.Range(0, Pages).Select(i => (uint)i)];
            random.Shuffle<uint>(table);
            table = table[..(2 * MostPages)];
            Numbers = filled ? [.. LayerChecks.Numbers(random, (int)(Pages * PageBytes / 2)).Select(Bf16.Round)] : new ushort[Pages * PageBytes / 2];
            // What no position reaches.
            if (filled) for (var position = 159; position < 160; position++) for (var head = 0; head < KvHeads; head++) Array.Fill(Numbers, (ushort)0x7FC0, At(1, position, head, true), size);
            (Start, Table) = (on.Allocate<ushort>(Numbers), on.Allocate<uint>(table));
        }

        public ushort[] Numbers { get; }

        public ulong Start { get; }

        public ulong Table { get; }

        public ulong PageBytes => (ulong)(Layers * KvHeads * 2 * PageTables.PageTokens * size * sizeof(ushort));

        /// <summary>Where the keys or values of a token begin, in numbers.</summary>
        public int At(int sequence, int position, int head, bool values) =>
            (int)(table[sequence * MostPages + position / PageTables.PageTokens] * PageBytes / 2)
            + (((Layer * KvHeads + head) * 2 + (values ? 1 : 0)) * PageTables.PageTokens + position % PageTables.PageTokens) * size;

        public double[] Attention(ReadOnlySpan<ushort> query, GpuRow row, int head)
        {
            var scores = new double[row.Position + 1];
            for (var t = 0; t < scores.Length; t++)
            {
                var keys = At((int)row.Sequence, t, head, false);
                for (var i = 0; i < size; i++) scores[t] += (double)Bf16.Widen(query[i]) * Bf16.Widen(Numbers[keys + i]) / Math.Sqrt(size);
            }
            var most = scores.Max();
            var (found, sum) = (new double[size], 0.0);
            for (var t = 0; t < scores.Length; t++)
            {
                var (share, values) = (Math.Exp(scores[t] - most), At((int)row.Sequence, t, head, true));
                sum += share;
                for (var i = 0; i < size; i++) found[i] += share * Bf16.Widen(Numbers[values + i]);
            }
            return [.. found.Select(v => v / sum)];
        }
    }
}
