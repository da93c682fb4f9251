using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Llm;

/// <summary>What lies between products, against the same in double precision.</summary>
static class LayerChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        new("llm.embed", ["gl_embed"], Embed, KernelModules.Llm), new("llm.norm", ["gl_norm"], Norm, KernelModules.Llm), new("llm.gate", ["gl_gate"], Gate, KernelModules.Llm),
        new("llm.best", ["gl_best"], Best, KernelModules.Llm),
    ];

    /// <summary>From −2 to below 2.</summary>
    public static float[] Numbers(SplitMix random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.Below(1 << 20) - (1 << 19)) / (float)(1 << 18))];

    /// <summary>The first of some bf16 numbers that is further off than rounding and a hardware's exponential explain.</summary>
    public static string? Far(string what, double[] expected, ushort[] found, double relative = 0.006, double absolute = 1e-4)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            var number = Bf16.Widen(found[i]);
            if (!(Math.Abs(number - expected[i]) <= absolute + relative * Math.Abs(expected[i])))
                return string.Create(CultureInfo.InvariantCulture, $"{what}: number {i} is {number} instead of {expected[i]}");
        }
        return null;
    }

    static string? Embed(IKernelRunner on, ulong seed)
    {
        const int width = 192, words = 9;
        var random = new SplitMix(seed);
        ushort[] table = [.. Numbers(random, width * words).Select(Bf16.Round)];
        uint[] tokens = [8, 0, 3, 3];
        var state = on.Allocate(4 * width * tokens.Length);
        on.Launch("gl_embed", new((uint)tokens.Length, 64), on.Allocate<uint>(tokens), on.Allocate<ushort>(table), state, (uint)width);
        float[] expected = [.. tokens.SelectMany(t => table.Skip((int)t * width).Take(width)).Select(Bf16.Widen)];
        return Differences.First("gl_embed", expected, on.Download<float>(state, expected.Length));
    }

    static string? Norm(IKernelRunner on, ulong seed)
    {
        const int width = 320, rows = 5;
        const double epsilon = 1e-3;
        var random = new SplitMix(seed);
        var (state, weight) = (Numbers(random, width * rows), Numbers(random, width));
        uint[] picked = [4, 1];
        foreach (var pick in (uint[]?[])[null, picked])
        {
            var order = pick ?? [.. Enumerable.Range(0, rows).Select(i => (uint)i)];
            var into = on.Allocate(2 * width * order.Length);
            on.Launch("gl_norm", new((uint)order.Length, 96), on.Allocate<float>(state), pick is null ? 0 : on.Allocate<uint>(pick), on.Allocate<float>(weight), into, (uint)width, (float)epsilon);
            var expected = order.SelectMany(r =>
            {
                var x = state.Skip((int)r * width).Take(width).ToArray();
                var root = Math.Sqrt(x.Sum(v => (double)v * v) / width + epsilon);
                return x.Select((v, i) => v / root * weight[i]);
            }).ToArray();
            if (Far("gl_norm", expected, on.Download<ushort>(into, expected.Length)) is { } wrong) return wrong;
        }
        return null;
    }

    static string? Gate(IKernelRunner on, ulong seed)
    {
        const int hidden = 130, rows = 3;
        float[] halves = [.. Numbers(new SplitMix(seed), 2 * hidden * rows).Select(x => 4 * x)];
        var into = on.Allocate(2 * hidden * rows);
        on.Launch("gl_gate", new(rows, 64), on.Allocate<float>(halves), into, (uint)hidden);
        var expected = Enumerable.Range(0, hidden * rows).Select(i =>
        {
            var (gate, up) = ((double)halves[i / hidden * 2 * hidden + i % hidden], halves[i / hidden * 2 * hidden + hidden + i % hidden]);
            return gate / (1 + Math.Exp(-gate)) * up;
        }).ToArray();
        return Far("gl_gate", expected, on.Download<ushort>(into, expected.Length));
    }

    static string? Best(IKernelRunner on, ulong seed)
    {
        const int count = 1003, rows = 3;
        var scores = Numbers(new SplitMix(seed), count * rows);
        // Equal ones, one of them at the very end, and a row that is all below 0.
        scores[700] = scores[40] = scores[count - 1] = 5;
        for (var i = 2 * count; i < 3 * count; i++) scores[i] -= 10;
        var best = on.Allocate(4 * rows);
        on.Launch("gl_best", new(rows, 96), on.Allocate<float>(scores), (uint)count, best);
        uint[] expected = [.. Enumerable.Range(0, rows).Select(r => (uint)Array.IndexOf(scores, scores.Skip(r * count).Take(count).Max(), r * count, count) - (uint)(r * count))];
        return Differences.First("gl_best", expected, on.Download<uint>(best, rows));
    }
}
