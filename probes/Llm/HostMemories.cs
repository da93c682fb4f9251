using GpuLab.Model;
using GpuLab.Probes.Host;

namespace GpuLab.Probes.Llm;

/// <summary>Fills the context of sequences: the numbers depend on the seed, the sequence, the token and the layer alone.</summary>
sealed unsafe class HostMemories : TeamWork
{
    readonly HostModel model;
    readonly int threads, context, batch;
    readonly ulong seed;

    public HostMemories(HostModel model, int threads, int context, int batch, ulong seed)
    {
        (this.model, this.threads, this.context, this.batch, this.seed) = (model, threads, context, batch, seed);
        for (var sequence = 0; sequence < batch; sequence++) model.Cache.Resize(sequence, context);
    }

    public override void Run(int thread)
    {
        var shape = model.Shape;
        var numbers = stackalloc float[2 * shape.HeadSize];
        // Whole pages, so that no two threads write to one.
        for (var page = thread; page < PageTables.PagesOf(context) * batch; page += threads)
        {
            var (sequence, number) = (page % batch, page / batch);
            for (var position = number * PageTables.PageTokens; position < Math.Min(context, (number + 1) * PageTables.PageTokens); position++)
            {
                var random = new SplitMix(seed ^ ((ulong)sequence << 32 | (uint)position) * 0x9E3779B97F4A7C15);
                for (var head = 0; head < shape.Layers * shape.KvHeads; head++)
                {
                    for (var i = 0; i < 2 * shape.HeadSize; i += 2) (numbers[i], numbers[i + 1]) = Draw(random);
                    model.Cache.Store(sequence, position, head / shape.KvHeads, head % shape.KvHeads, numbers, numbers + shape.HeadSize);
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
