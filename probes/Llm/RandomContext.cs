using GpuLab.Model;
using GpuLab.Probes.Host;

namespace GpuLab.Probes.Llm;

/// <summary>Fills sequences with random keys and values: the numbers depend on the sequence, the token and the layer alone, wherever that layer is.</summary>
sealed unsafe class RandomContext : TeamWork
{
    readonly HostLlm llm;
    readonly int context, batch;

    public RandomContext(HostLlm llm, int context, int batch)
    {
        (this.llm, this.context, this.batch) = (llm, context, batch);
        for (var sequence = 0; sequence < batch; sequence++) llm.Host.Cache.Resize(sequence, context);
    }

    public override void Run(int thread)
    {
        var (shape, part) = (llm.Weights.Shape, llm.Weights.Part);
        var numbers = stackalloc float[2 * shape.HeadSize];
        // Whole pages, so that no two threads write to one.
        for (var page = thread; page < PageTables.PagesOf(context) * batch; page += llm.Team.Count)
        {
            var (sequence, number) = (page % batch, page / batch);
            for (var position = number * PageTables.PageTokens; position < Math.Min(context, (number + 1) * PageTables.PageTokens); position++)
            {
                var random = new SplitMix(LlmRequest.Seed ^ ((ulong)sequence << 32 | (uint)position) * 0x9E3779B97F4A7C15);
                for (var head = 0; head < (part.First + part.Layers) * shape.KvHeads; head++)
                {
                    for (var i = 0; i < 2 * shape.HeadSize; i += 2) (numbers[i], numbers[i + 1]) = Draw(random);
                    if (head / shape.KvHeads >= part.First) llm.Host.Cache.Store(sequence, position, head / shape.KvHeads - part.First, head % shape.KvHeads, numbers, numbers + shape.HeadSize);
                }
            }
        }
    }

    /// <summary>The next two numbers.</summary>
    public static (float First, float Second) Draw(SplitMix random)
    {
        var bits = random.Next();
        return (Normal((uint)bits), Normal((uint)(bits >> 32)));
    }

    /// <summary>The sum of four bytes, less its mean and by its deviation.</summary>
    static float Normal(uint bits) => ((bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24) - 510f) / 147.8f;
}
