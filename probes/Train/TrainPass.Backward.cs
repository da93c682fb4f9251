namespace GpuLab.Probes.Train;

/// <summary>The way back: every product gives two, the gradient of its input and that of its weights.</summary>
sealed unsafe partial class TrainPass
{
    void Backward(int thread)
    {
        var (first, end) = Rows(thread);
        Products(thread, memory.Logits, shape.Vocabulary, memory.LastNormed, Width, Weight(^1), memory.Branch);
        NormBack(thread, memory.Last, Weight(^2), first, end, add: false);
        for (var layer = shape.Layers - 1; layer >= 0; layer--) Backward(layer, thread, first, end);
        EmbedBack(thread);
        barrier.Meet();
    }

    void Backward(int layer, int thread, int first, int end)
    {
        var states = memory.Layers[layer];
        Products(thread, memory.State, Width, states.Gated, shape.Hidden, Weight(layer, 5), memory.Gated);
        for (var row = first; row < end; row++)
        {
            float* gate = states.Gates + (long)row * 2 * shape.Hidden, slope = memory.Gates + (long)row * 2 * shape.Hidden;
            Pointwise.GateBack(gate, gate + shape.Hidden, memory.Gated + (long)row * shape.Hidden, shape.Hidden, slope, slope + shape.Hidden);
        }
        barrier.Meet();
        Products(thread, memory.Gates, 2 * shape.Hidden, states.FeedNormed, Width, Weight(layer, 4), memory.Branch);
        NormBack(thread, states.Middle, Weight(layer, 3), first, end, add: true);
        Products(thread, memory.State, Width, states.Attended, Width, Weight(layer, 2), memory.Branch);
        for (var unit = thread; unit < shape.Batch * shape.Heads; unit += threads)
        {
            float* q = Queries(states.Projected, unit), d = Queries(memory.Projected, unit);
            attention[thread].Backward(q, q + Width, q + 2 * Width, 3 * Width, Results(memory.Branch, unit), Width, d, d + Width, d + 2 * Width);
        }
        barrier.Meet();
        for (var row = first; row < end; row++) TurnBack(memory.Projected + (long)row * 3 * Width, row % shape.Tokens);
        barrier.Meet();
        Products(thread, memory.Projected, 3 * Width, states.Normed, Width, Weight(layer, 1), memory.Branch);
        NormBack(thread, states.Input, Weight(layer, 0), first, end, add: true);
    }

    /// <summary>The gradient of a product's input to <paramref name="into"/>, and that of its weights to its place.</summary>
    /// <param name="d">Gradient of what it gave.</param>
    void Products(int thread, float* d, int outputs, float* input, int inputs, float* weight, float* into)
    {
        product.Run(thread, Operand.Rows(d, outputs), Operand.Columns(weight, inputs), into, inputs, shape.Rows, outputs, inputs);
        product.Run(thread, Operand.Columns(d, outputs), Operand.Columns(input, inputs), Gradient(weight), inputs, outputs, shape.Rows, inputs);
    }

    /// <summary>From the branch's gradient to that of the residual stream, and to that of the norm's weights, column by column in the order of the rows.</summary>
    void NormBack(int thread, float* x, float* weight, int first, int end, bool add)
    {
        for (var row = first; row < end; row++)
        {
            var at = (long)row * Width;
            memory.Inverses[row] = Pointwise.InverseNorm(x + at, Width, epsilon);
            Pointwise.NormBack(x + at, weight, memory.Branch + at, memory.Inverses[row], Width, memory.State + at, add);
        }
        barrier.Meet();
        var (from, count) = Columns(thread);
        var gradient = Gradient(weight) + from;
        new Span<float>(gradient, count).Clear();
        for (var row = 0; row < shape.Rows; row++) Pointwise.AddProduct(memory.Branch + (long)row * Width + from, x + (long)row * Width + from, memory.Inverses[row], gradient, count);
    }

    void TurnBack(float* projected, int position)
    {
        for (var head = 0; head < shape.Heads; head++)
        {
            rotary.TurnBack(projected + head * shape.HeadSize, position, queryScale);
            rotary.TurnBack(projected + Width + head * shape.HeadSize, position, 1);
        }
    }

    void EmbedBack(int thread)
    {
        var (from, count) = Columns(thread);
        for (var token = 0; token < shape.Vocabulary; token++) new Span<float>(memory.Gradients + (long)token * Width + from, count).Clear();
        for (var row = 0; row < shape.Rows; row++) Pointwise.AddScaled(memory.State + (long)row * Width + from, 1, memory.Gradients + (long)Inputs[row] * Width + from, count);
    }

    /// <summary>A thread's columns of the width, whole cache lines.</summary>
    (int First, int Count) Columns(int thread)
    {
        var lines = Width / 16;
        var first = Share.First(lines, thread, threads) * 16;
        return (first, Share.First(lines, thread + 1, threads) * 16 - first);
    }
}
