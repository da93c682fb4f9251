namespace GpuLab.Probes.Train;

/// <summary>The same model and optimiser written plainly in double precision, forward alone: what gradients are checked against by finite differences.</summary>
sealed class TrainReference(TrainShape shape)
{
    readonly int width = shape.Width, size = shape.HeadSize;

    /// <summary>Mean loss of a batch, nats.</summary>
    public double Loss(double[] weights, int[] inputs, int[] targets)
    {
        var sum = 0.0;
        for (var sequence = 0; sequence < shape.Batch; sequence++)
        {
            var states = Sequence(weights, inputs.AsSpan(sequence * shape.Tokens, shape.Tokens));
            for (var t = 0; t < shape.Tokens; t++) sum += Loss(Multiply(Tensor(weights, ^1), Norm(states[t], Tensor(weights, ^2))), targets[sequence * shape.Tokens + t]);
        }
        return sum / shape.Rows;
    }

    /// <summary>One step of AdamW on one weight: what PyTorch's torch.optim.AdamW documents.</summary>
    public static (double Weight, double Mean, double Square) Step(int step, double weight, double gradient, double mean, double square)
    {
        weight -= AdamW.Rate * AdamW.Decay * weight;
        mean = AdamW.First * mean + (1 - AdamW.First) * gradient;
        square = AdamW.Second * square + (1 - AdamW.Second) * gradient * gradient;
        var (fairMean, fairSquare) = (mean / (1 - Math.Pow(AdamW.First, step)), square / (1 - Math.Pow(AdamW.Second, step)));
        return (weight - AdamW.Rate * fairMean / (Math.Sqrt(fairSquare) + AdamW.Epsilon), mean, square);
    }

    double[][] Sequence(double[] weights, ReadOnlySpan<int> tokens)
    {
        var states = new double[tokens.Length][];
        for (var t = 0; t < tokens.Length; t++) states[t] = Tensor(weights, 0).Slice(tokens[t] * width, width).ToArray();
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var first = 1 + layer * TrainShape.OfLayer;
            var (keys, values) = (new List<double[]>(), new List<double[]>());
            for (var t = 0; t < tokens.Length; t++)
            {
                var projected = Multiply(Tensor(weights, first + 1), Norm(states[t], Tensor(weights, first)));
                for (var head = 0; head < 2 * shape.Heads; head++) Turn(projected.AsSpan(head * size, size), t);
                keys.Add(projected[width..(2 * width)]);
                values.Add(projected[(2 * width)..]);
                Add(states[t], Multiply(Tensor(weights, first + 2), Attend(projected, keys, values)));
                var gates = Multiply(Tensor(weights, first + 4), Norm(states[t], Tensor(weights, first + 3)));
                var gated = new double[shape.Hidden];
                for (var i = 0; i < gated.Length; i++) gated[i] = gates[i] / (1 + Math.Exp(-gates[i])) * gates[shape.Hidden + i];
                Add(states[t], Multiply(Tensor(weights, first + 5), gated));
            }
        }
        return states;
    }

    double[] Attend(double[] queries, List<double[]> keys, List<double[]> values)
    {
        var result = new double[width];
        for (var head = 0; head < shape.Heads; head++)
        {
            var scores = new double[keys.Count];
            for (var j = 0; j < scores.Length; j++)
            {
                for (var i = head * size; i < (head + 1) * size; i++) scores[j] += queries[i] * keys[j][i];
                scores[j] /= Math.Sqrt(size);
            }
            var most = scores.Max();
            var weights = scores.Select(s => Math.Exp(s - most)).ToArray();
            var sum = weights.Sum();
            for (var j = 0; j < weights.Length; j++)
            {
                for (var i = head * size; i < (head + 1) * size; i++) result[i] += weights[j] / sum * values[j][i];
            }
        }
        return result;
    }

    void Turn(Span<double> head, int position)
    {
        for (var i = 0; i < size / 2; i++)
        {
            var angle = position * Math.Pow(shape.Model.RopeTheta, -2.0 * i / size);
            var (x, y) = (head[i], head[i + size / 2]);
            head[i] = x * Math.Cos(angle) - y * Math.Sin(angle);
            head[i + size / 2] = y * Math.Cos(angle) + x * Math.Sin(angle);
        }
    }

    double[] Norm(double[] x, ReadOnlySpan<double> weight)
    {
        var scale = 1 / Math.Sqrt(x.Sum(v => v * v) / x.Length + shape.Model.NormEpsilon);
        var result = new double[x.Length];
        for (var i = 0; i < x.Length; i++) result[i] = x[i] * scale * weight[i];
        return result;
    }

    static double[] Multiply(ReadOnlySpan<double> matrix, double[] x)
    {
        var result = new double[matrix.Length / x.Length];
        for (var r = 0; r < result.Length; r++)
        {
            for (var i = 0; i < x.Length; i++) result[r] += matrix[r * x.Length + i] * x[i];
        }
        return result;
    }

    static void Add(double[] to, double[] what)
    {
        for (var i = 0; i < to.Length; i++) to[i] += what[i];
    }

    static double Loss(double[] scores, int target)
    {
        var most = scores.Max();
        return Math.Log(scores.Sum(s => Math.Exp(s - most))) + most - scores[target];
    }

    ReadOnlySpan<double> Tensor(double[] weights, Index index)
    {
        var tensor = shape.Tensors[index.GetOffset(shape.Tensors.Count)];
        return weights.AsSpan((int)tensor.Offset, (int)tensor.Length);
    }
}
