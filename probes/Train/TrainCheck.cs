using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Probes.Llm;

namespace GpuLab.Probes.Train;

/// <summary>
/// Right first: on a small model, with the threads of the slice, gradients against finite differences of the loss in double precision along a random direction
/// of each tensor, and two steps of the optimiser against its reference. Once in the life of a worker for each kind of product.
/// </summary>
static unsafe class TrainCheck
{
    /// <summary>Sizes that no tile divides, more heads than threads of most slices, and weights large enough that nothing is nearly linear.</summary>
    static readonly TrainShape Small = new(96, 64, 3, 2, 64, 2, 11);

    const double Deviation = 0.2, Step = 1e-4;

    /// <summary>Largest error of a slope, as a share of the gradient's length; bf16 keeps eight bits of each side of every product on the way, and these weights amplify.</summary>
    const double SingleError = 1e-3, BrainError = 0.15;

    static readonly HashSet<(bool, string)> Checked = [];

    /// <exception cref="InvalidOperationException">Something is wrong; the message says what.</exception>
    public static void Demand(bool brains, HostKernels kernels, Team team)
    {
        var key = (brains, string.Join(',', team.Cpus));
        lock (Checked)
        {
            if (Checked.Contains(key)) return;
        }
        if (Wrong(brains, kernels, team) is { } wrong) throw new InvalidOperationException($"training is wrong on these cores: {wrong}");
        lock (Checked) Checked.Add(key);
    }

    /// <summary>What is wrong, or null.</summary>
    public static string? Wrong(bool brains, HostKernels kernels, Team team)
    {
        using var trainer = new HostTrainer(Small, brains, kernels, team, Deviation);
        var reference = new TrainReference(Small);
        var weights = new double[Small.Parameters];
        for (var i = 0; i < weights.Length; i++) weights[i] = trainer.Weights[i];
        var found = trainer.Differentiate();
        var loss = reference.Loss(weights, trainer.Data.Inputs[0], trainer.Data.Targets[0]);
        if (!(Math.Abs(found - loss) <= (brains ? 0.02 : 1e-5) * loss)) return Text($"the loss is {found:R} instead of {loss:R}");
        var random = new SplitMix(1);
        foreach (var tensor in Small.Tensors)
        {
            if (Slope(trainer, reference, weights, tensor, random) is var (got, expected, length) && !(Math.Abs(got - expected) <= (brains ? BrainError : SingleError) * length))
                return Text($"along a direction of {tensor.Name} the gradient is {got:R}, and finite differences say {expected:R}");
        }
        return Steps(trainer, weights);
    }

    /// <summary>Along a random direction: what the gradient says, what differences of the loss say, and the gradient's length.</summary>
    static (double Got, double Expected, double Length) Slope(HostTrainer trainer, TrainReference reference, double[] weights, TrainTensor tensor, SplitMix random)
    {
        var (got, squares) = (0.0, 0.0);
        var (forth, back) = ((double[])weights.Clone(), (double[])weights.Clone());
        for (var i = (int)tensor.Offset; i < tensor.Offset + tensor.Length; i++)
        {
            var sign = (random.Next() & 1) == 0 ? 1 : -1;
            (forth[i], back[i]) = (weights[i] + sign * Step, weights[i] - sign * Step);
            got += sign * (double)trainer.Gradients[i];
            squares += (double)trainer.Gradients[i] * trainer.Gradients[i];
        }
        double Loss(double[] at) => reference.Loss(at, trainer.Data.Inputs[0], trainer.Data.Targets[0]);
        return (got, (Loss(forth) - Loss(back)) / (2 * Step), Math.Sqrt(squares));
    }

    /// <summary>The reference is given the gradients that were found, so that only the optimiser is compared.</summary>
    static string? Steps(HostTrainer trainer, double[] weights)
    {
        var (means, squares) = (new double[weights.Length], new double[weights.Length]);
        for (var step = 1; step <= 2; step++)
        {
            trainer.Step();
            for (var i = 0; i < weights.Length; i++)
            {
                var before = weights[i];
                (weights[i], means[i], squares[i]) = TrainReference.Step(step, before, trainer.Gradients[i], means[i], squares[i]);
                // A step is at most about the rate long, and is rounded as the weight is.
                if (!(Math.Abs(trainer.Weights[i] - weights[i]) <= 1e-4 * AdamW.Rate + 2e-7 * Math.Abs(before)))
                    return Text($"weight {i} is {trainer.Weights[i]:R} after step {step} of the optimiser instead of {weights[i]:R}");
            }
        }
        return null;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
