using System.Globalization;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Llm;

/// <summary>Queues the kernels of some rows' way through all layers. Nothing here waits, and nothing allocates.</summary>
sealed unsafe class GpuStep
{
    const int Threads = 256, AttentionThreads = 128;

    readonly GpuWeights weights;
    readonly ModelShape shape;
    readonly GpuBuffers buffers;
    readonly GpuOrders orders;
    readonly CudaStream stream;
    readonly CudaKernel embed, norm, place, decode, merge, attend, gate, best, few1, few4, tiles;
    readonly ulong weightsAt, cache, pageBytes;
    readonly int pagesEach, splits, sms;

    public GpuStep(CudaSession session, CudaStream stream, GpuWeights weights, DeviceMemory weightMemory, GpuBuffers buffers, GpuOrders orders, DeviceMemory cache, PageTables pages, int splits)
    {
        (this.weights, shape, this.buffers, this.orders, this.stream, this.splits) = (weights, weights.Shape, buffers, orders, stream, splits);
        (weightsAt, this.cache, pageBytes) = (weightMemory.Start.Address, cache.Start.Address, (ulong)PageBytes(shape));
        (pagesEach, sms) = (pages.Each, session.Device.Sms);
        var kernels = session.Module(Kernels.KernelModules.Llm);
        (embed, norm, place, merge, gate, best) = (kernels["gl_embed"], kernels["gl_norm"], kernels["gl_place"], kernels["gl_decode_merge"], kernels["gl_gate"], kernels["gl_best"]);
        decode = kernels[string.Create(CultureInfo.InvariantCulture, $"gl_decode_{shape.HeadSize}")];
        attend = kernels[string.Create(CultureInfo.InvariantCulture, $"gl_prefill_{shape.HeadSize}")];
        (few1, few4, tiles) = (kernels[GpuProducts.Few(weights.Format, 1)], kernels[GpuProducts.Few(weights.Format, GpuProducts.MostFew)], kernels[GpuProducts.Tiles(weights.Format)]);
    }

    /// <summary>Bytes of a page of the cache.</summary>
    public static long PageBytes(ModelShape shape) => shape.KvBytesPerToken(sizeof(ushort)) * PageTables.PageTokens;

    /// <summary>Parts that attention of one token is cut into, so that all multiprocessors have some.</summary>
    public static int Splits(ModelShape shape, int sms, int sequences, int tokens) =>
        Math.Clamp(2 * sms / (sequences * shape.KvHeads), 1, Math.Max(1, PageTables.PagesOf(tokens) / 4));

    /// <summary>Queues all of it, the copy of the orders first.</summary>
    /// <param name="from">Where <see cref="GpuOrders.Write"/> put them.</param>
    public void Queue(byte* from)
    {
        buffers.Memory.CopyFrom(from, orders.Length, buffers.Orders, stream);
        embed.Launch(stream, orders.Rows, Threads, 0, Ordered(0), Weight(weights.Embedding.At), buffers.At(buffers.State), (uint)shape.Width);
        for (var layer = 0; layer < weights.Layers.Length; layer++) Layer(weights.Layers[layer], layer);
        if (orders.Lasts == 0) return;
        Norm(weights.FinalNorm, Ordered(orders.LastList), orders.Lasts, buffers.Last);
        var logits = buffers.Logits + 4L * orders.FirstTurn * shape.Vocabulary;
        Multiply(weights.Head, buffers.At(buffers.Last), orders.Lasts, buffers.At(logits), Weight(weights.Zeros), 0);
        best.Launch(stream, orders.Lasts, Threads, 0, buffers.At(logits), (uint)shape.Vocabulary, buffers.At(buffers.Best + 4L * orders.FirstTurn));
    }

    /// <summary>Queues one product: y = start + x · weights.</summary>
    /// <param name="stride">Numbers from one row of start to the next; 0 where all rows start alike.</param>
    public void Multiply(GpuMatrix matrix, ulong x, int rows, ulong y, ulong start, int stride)
    {
        var (outputs, inputs) = (matrix.Layout.Outputs, matrix.Layout.Inputs);
        var (at, scales) = (Weight(matrix.At), Weight(matrix.Scales));
        if (rows <= GpuProducts.MostFew)
        {
            const int warps = GpuProducts.Threads / 32, blocksPerSm = 8;
            (rows == 1 ? few1 : few4).Launch(stream, Math.Min((outputs + warps - 1) / warps, blocksPerSm * sms), GpuProducts.Threads, 0, at, scales, x, (uint)inputs, (uint)outputs, start, (uint)stride, y);
            return;
        }
        var blocks = (rows + GpuProducts.TileRows(weights.Format) - 1) / GpuProducts.TileRows(weights.Format) * (outputs / GpuProducts.TileColumns);
        tiles.Launch(stream, blocks, GpuProducts.Threads, 0, at, scales, x, (uint)rows, (uint)inputs, (uint)outputs, start, (uint)stride, y);
    }

    void Layer(GpuLayer layer, int number)
    {
        var (rows, state) = (orders.Rows, buffers.At(buffers.State));
        Norm(layer.AttentionNorm, 0, rows, buffers.Normed);
        Multiply(layer.Attention, buffers.At(buffers.Normed), rows, buffers.At(buffers.Projected), Weight(layer.Biases), 0);
        place.Launch(stream, rows, Threads, 0, buffers.At(buffers.Projected), Ordered(orders.Belongs), buffers.At(buffers.Cosines), buffers.At(buffers.Sines), buffers.At(buffers.Queries),
            cache, Ordered(orders.Table), pageBytes, (uint)pagesEach, (uint)number, (uint)shape.Heads, (uint)shape.KvHeads, (uint)shape.HeadSize);
        Attend(number);
        Multiply(layer.Output, buffers.At(buffers.Attended), rows, state, state, shape.Width);
        Norm(layer.FeedNorm, 0, rows, buffers.Normed);
        Multiply(layer.Gate, buffers.At(buffers.Normed), rows, buffers.At(buffers.Halves), Weight(weights.Zeros), 0);
        gate.Launch(stream, rows, Threads, 0, buffers.At(buffers.Halves), buffers.At(buffers.Gated), (uint)shape.Hidden);
        Multiply(layer.Down, buffers.At(buffers.Gated), rows, state, state, shape.Width);
    }

    void Attend(int layer)
    {
        var (sharing, size) = ((uint)(shape.Heads / shape.KvHeads), (uint)shape.HeadSize);
        if (orders.IsDecoding)
        {
            decode.Launch(stream, orders.Rows * shape.KvHeads * splits, AttentionThreads, 0, buffers.At(buffers.Queries), Ordered(orders.Belongs), cache, Ordered(orders.Table), pageBytes,
                (uint)pagesEach, buffers.At(buffers.Parts), (uint)layer, sharing, (uint)shape.KvHeads, (uint)splits);
            merge.Launch(stream, orders.Rows * shape.Heads, shape.HeadSize, 0, buffers.At(buffers.Parts), buffers.At(buffers.Attended), sharing, (uint)splits, size);
            return;
        }
        attend.Launch(stream, orders.Stretches * shape.Heads, AttentionThreads, 0, buffers.At(buffers.Queries), Ordered(orders.StretchList), cache, Ordered(orders.Table), pageBytes,
            (uint)pagesEach, buffers.At(buffers.Attended), (uint)layer, (uint)shape.Heads, (uint)shape.KvHeads);
    }

    /// <param name="picked">Numbers of the rows; 0 for all in their order.</param>
    void Norm(long weight, ulong picked, int rows, long into) =>
        norm.Launch(stream, rows, Threads, 0, buffers.At(buffers.State), picked, Weight(weight), buffers.At(into), (uint)shape.Width, (float)shape.NormEpsilon);

    ulong Weight(long at) => weightsAt + (ulong)at;

    ulong Ordered(long at) => buffers.At(buffers.Orders + at);
}
