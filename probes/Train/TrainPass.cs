using GpuLab.Probes.Host;
using GpuLab.Probes.Llm;
using GpuLab.Running;

namespace GpuLab.Probes.Train;

/// <summary>
/// One step of training: forward, backward, the exchange of gradients where slices share a batch, optimiser. Every thread runs the whole of it, does its share
/// of each part, and meets the others before it reads what they wrote.
/// </summary>
sealed unsafe partial class TrainPass : TeamWork
{
    readonly TrainShape shape;
    readonly HostKernels kernels;
    readonly TrainMemory memory;
    readonly TeamBarrier barrier;
    readonly TrainProduct product;
    readonly TrainAttention[] attention;
    readonly Rotary rotary;
    readonly float queryScale, rowWeight, epsilon;
    readonly double[] losses;
    readonly int threads;
    readonly GradientExchange? exchange;

    /// <param name="exchange">Null where this slice trains by itself.</param>
    /// <param name="slices">Slices that share the sequences of a step: the loss is the mean over the tokens of all.</param>
    public TrainPass(TrainShape shape, bool brains, HostKernels kernels, TrainMemory memory, int threads, GradientExchange? exchange, int slices)
    {
        (this.shape, this.kernels, this.memory, this.threads, this.exchange) = (shape, kernels, memory, threads, exchange);
        barrier = new(threads);
        product = new(kernels, brains, memory.Tiles, memory.Panels, barrier, threads);
        attention = [.. memory.Attention.Select(at => new TrainAttention(shape, kernels, (float*)at))];
        rotary = new(shape.Model, shape.Tokens);
        (queryScale, rowWeight, epsilon) = ((float)(1 / Math.Sqrt(shape.HeadSize)), (float)(1.0 / shape.Rows / slices), (float)shape.Model.NormEpsilon);
        losses = new double[shape.Rows];
    }

    public int[] Inputs { get; set; } = [];

    public int[] Targets { get; set; } = [];

    /// <summary>Number of the step, from 1; negative for gradients alone.</summary>
    public int Step { get; set; }

    /// <summary>Mean loss of this slice's tokens, nats.</summary>
    public double Loss { get; private set; }

    /// <summary>When the last step began and when its parts ended: forward, backward, exchange, optimiser; nanoseconds.</summary>
    public long[] Times { get; } = new long[5];

    int Width => shape.Width;

    public override void Run(int thread)
    {
        Mark(thread, 0);
        Forward(thread);
        Mark(thread, 1);
        Backward(thread);
        Mark(thread, 2);
        exchange?.Run(thread, memory.Gradients, barrier);
        Mark(thread, 3);
        if (Step > 0) Optimise(thread);
        barrier.Meet();
        Mark(thread, 4);
    }

    void Mark(int thread, int part)
    {
        if (thread == 0) Times[part] = Monotonic.Now;
    }

    void Forward(int thread)
    {
        var (first, end) = Rows(thread);
        Embed(first, end);
        for (var layer = 0; layer < shape.Layers; layer++) Forward(layer, thread, first, end);
        Norm(memory.Last, Weight(^2), memory.LastNormed, first, end);
        barrier.Meet();
        product.Run(thread, Operand.Rows(memory.LastNormed, Width), Operand.Rows(Weight(^1), Width), memory.Logits, shape.Vocabulary, shape.Rows, Width, shape.Vocabulary);
        for (var row = first; row < end; row++) losses[row] = Score(memory.Logits + (long)row * shape.Vocabulary, Targets[row]);
        barrier.Meet();
        // In the order of the rows, whoever computed them.
        if (thread == 0) Loss = losses.Sum() / shape.Rows;
    }

    void Forward(int layer, int thread, int first, int end)
    {
        var states = memory.Layers[layer];
        var next = layer + 1 < shape.Layers ? memory.Layers[layer + 1].Input : memory.Last;
        Norm(states.Input, Weight(layer, 0), states.Normed, first, end);
        barrier.Meet();
        product.Run(thread, Operand.Rows(states.Normed, Width), Operand.Rows(Weight(layer, 1), Width), states.Projected, 3 * Width, shape.Rows, Width, 3 * Width);
        for (var row = first; row < end; row++) Turn(states.Projected + (long)row * 3 * Width, row % shape.Tokens);
        barrier.Meet();
        for (var unit = thread; unit < shape.Batch * shape.Heads; unit += threads)
        {
            var q = Queries(states.Projected, unit);
            attention[thread].Forward(q, q + Width, q + 2 * Width, 3 * Width, Results(states.Attended, unit), Width);
        }
        Copy(states.Input, states.Middle, first, end);
        barrier.Meet();
        product.Run(thread, Operand.Rows(states.Attended, Width), Operand.Rows(Weight(layer, 2), Width), states.Middle, Width, shape.Rows, Width, Width, add: true);
        Norm(states.Middle, Weight(layer, 3), states.FeedNormed, first, end);
        barrier.Meet();
        product.Run(thread, Operand.Rows(states.FeedNormed, Width), Operand.Rows(Weight(layer, 4), Width), states.Gates, 2 * shape.Hidden, shape.Rows, Width, 2 * shape.Hidden);
        for (var row = first; row < end; row++)
        {
            var gate = states.Gates + (long)row * 2 * shape.Hidden;
            Pointwise.Gate(gate, gate + shape.Hidden, shape.Hidden, states.Gated + (long)row * shape.Hidden);
        }
        Copy(states.Middle, next, first, end);
        barrier.Meet();
        product.Run(thread, Operand.Rows(states.Gated, shape.Hidden), Operand.Rows(Weight(layer, 5), shape.Hidden), next, Width, shape.Rows, shape.Hidden, Width, add: true);
    }

    void Embed(int first, int end)
    {
        var into = memory.Layers[0].Input;
        for (var row = first; row < end; row++) Copy(memory.Weights + (long)Inputs[row] * Width, into + (long)row * Width, 0, 1);
    }

    void Norm(float* x, float* weight, float* into, int first, int end)
    {
        for (var row = first; row < end; row++) kernels.Norm(x + (long)row * Width, weight, Width, epsilon, into + (long)row * Width);
    }

    void Turn(float* projected, int position)
    {
        for (var head = 0; head < shape.Heads; head++)
        {
            rotary.Turn(projected + head * shape.HeadSize, position, queryScale);
            rotary.Turn(projected + Width + head * shape.HeadSize, position, 1);
        }
    }

    /// <summary>Turns scores into the gradient of the mean loss.</summary>
    /// <returns>The loss of the row.</returns>
    double Score(float* scores, int target)
    {
        var (most, own) = (Pointwise.Largest(scores, shape.Vocabulary), scores[target]);
        var sum = kernels.Exponentials(scores, shape.Vocabulary, shape.Vocabulary);
        Pointwise.Scale(scores, rowWeight / sum, shape.Vocabulary);
        scores[target] -= rowWeight;
        return Math.Log(sum) + most - own;
    }

    /// <summary>In whole cache lines; tensors are.</summary>
    void Optimise(int thread)
    {
        var lines = shape.Parameters / 16;
        var (first, end) = (Share.First(lines, thread, threads) * 16, Share.First(lines, thread + 1, threads) * 16);
        AdamW.Step(Step, memory.Weights + first, memory.Gradients + first, memory.Means + first, memory.Squares + first, end - first);
    }

    (int First, int End) Rows(int thread) => (Share.First(shape.Rows, thread, threads), Share.First(shape.Rows, thread + 1, threads));

    /// <summary>The first query of a sequence's head.</summary>
    float* Queries(float* projected, int unit) => projected + (long)(unit / shape.Heads) * shape.Tokens * 3 * Width + unit % shape.Heads * shape.HeadSize;

    /// <summary>Where the results of a sequence's head begin.</summary>
    float* Results(float* attended, int unit) => attended + (long)(unit / shape.Heads) * shape.Tokens * Width + unit % shape.Heads * shape.HeadSize;

    void Copy(float* from, float* to, int first, int end)
    {
        var bytes = (long)(end - first) * Width * sizeof(float);
        Buffer.MemoryCopy(from + (long)first * Width, to + (long)first * Width, bytes, bytes);
    }

    float* Weight(Index tensor) => memory.Weights + shape.Tensors[tensor.GetOffset(shape.Tensors.Count)].Offset;

    float* Weight(int layer, int tensor) => Weight(1 + layer * TrainShape.OfLayer + tensor);

    float* Gradient(float* weight) => memory.Gradients + (weight - memory.Weights);
}
