using GpuLab.Probes.Host;
using GpuLab.Probes.Llm;
using GpuLab.Probes.Train;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Train;

/// <summary>Losses, gradients and the optimiser against the same model written plainly in double precision.</summary>
[Collection(nameof(HostProbes))]
public sealed unsafe class GradientTests
{
    static Team TeamOf(int threads) => Team.For([.. Bench.Cpus.Take(threads)]);

    public static TheoryData<int, bool, int> Kinds()
    {
        var kinds = new TheoryData<int, bool, int>();
        for (var kernels = 0; kernels < HostKernels.Supported.Count; kernels++)
        {
            foreach (var brains in (bool[])[false, true])
            {
                for (var threads = 1; threads <= Math.Min(2, Bench.Cpus.Count); threads++) kinds.Add(kernels, brains, threads);
            }
        }
        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_a_worker_checks_first_holds(int kernels, bool brains, int threads) =>
        Assert.Null(TrainCheck.Wrong(brains, HostKernels.Supported[kernels], TeamOf(threads)));

    /// <summary>Weight by weight, not along a direction in which errors could cancel out.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public void Each_weight_moves_the_loss_as_its_gradient_says(int heads, int layers)
    {
        var shape = new TrainShape(32, 96, heads, layers, 32, 2, 7);
        using var trainer = new HostTrainer(shape, false, HostKernels.Supported[0], TeamOf(1), 0.3);
        var weights = Doubles(trainer);
        var reference = new TrainReference(shape);
        trainer.Differentiate();
        foreach (var tensor in shape.Tensors)
        {
            var largest = 0f;
            for (var i = 0; i < tensor.Length; i++) largest = Math.Max(largest, Math.Abs(trainer.Gradients[tensor.Offset + i]));
            // Steps that no size divides: all rows and columns are met.
            for (var i = 0L; i < tensor.Length; i += 1 + tensor.Length / 29)
            {
                var at = tensor.Offset + i;
                var before = weights[at];
                weights[at] = before + 1e-4;
                var above = reference.Loss(weights, trainer.Data.Inputs[0], trainer.Data.Targets[0]);
                weights[at] = before - 1e-4;
                var below = reference.Loss(weights, trainer.Data.Inputs[0], trainer.Data.Targets[0]);
                weights[at] = before;
                Assert.True(Math.Abs((above - below) / 2e-4 - trainer.Gradients[at]) <= 1e-5 + 2e-4 * largest, $"{tensor.Name}[{i}]: {trainer.Gradients[at]} instead of {(above - below) / 2e-4}");
            }
        }
    }

    /// <summary>With weights as they are at the beginning of training, eight bits leave little of a difference.</summary>
    [Fact]
    public void Gradients_of_products_in_bf16_are_near_those_in_fp32()
    {
        var shape = new TrainShape(64, 96, 2, 2, 64, 2, 33);
        using var exact = new HostTrainer(shape, false, HostKernels.Supported[0], TeamOf(1), 0.02);
        using var rounded = new HostTrainer(shape, true, HostKernels.Supported[0], TeamOf(1), 0.02);
        exact.Differentiate();
        rounded.Differentiate();
        foreach (var tensor in shape.Tensors)
        {
            var (errors, squares) = (0.0, 0.0);
            for (var i = tensor.Offset; i < tensor.Offset + tensor.Length; i++)
            {
                errors += Math.Pow(rounded.Gradients[i] - exact.Gradients[i], 2);
                squares += Math.Pow(exact.Gradients[i], 2);
            }
            Assert.True(errors > 0 && Math.Sqrt(errors / squares) < 0.02, $"{tensor.Name}: {Math.Sqrt(errors / squares)}");
        }
    }

    /// <summary>A loss that is right at the beginning and a gradient that is right are not enough: training has to get somewhere.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_loss_falls_from_that_of_chance_until_batches_are_known_by_heart(bool brains)
    {
        using var trainer = new HostTrainer(new(64, 128, 2, 1, 64, 8, 32), brains, HostKernels.Supported[0], TeamOf(1), 0.02);
        var first = trainer.Step();
        Assert.Equal(Math.Log(64), first, 0.05);
        var last = first;
        for (var step = 0; step < 400; step++) last = trainer.Step();
        // The table alone leaves 0.72 nats, because one token in ten is any; below that batches are remembered.
        Assert.InRange(last, 0, 0.7);
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        if (Bench.Cpus.Count < 2) return;
        Assert.Equal(Losses(1), Losses(2));

        static double[] Losses(int threads)
        {
            using var trainer = new HostTrainer(new(96, 160, 3, 2, 64, 3, 21), false, HostKernels.Supported[0], TeamOf(threads), 0.05);
            return [.. Enumerable.Range(0, 10).Select(_ => trainer.Step())];
        }
    }

    [Fact]
    public void A_step_counts_what_is_defined()
    {
        var shape = new TrainShape(256, 1024, 4, 2, 1024, 4, 128);
        const double Matrices = 2.0 * (4 * 256 * 256 + 3 * 256 * 1024) + 1024 * 256;
        Assert.Equal(3 * (2 * Matrices * 512 + 2 * 4.0 * 256 * 128 * 128 * 4 / 2), shape.Flop);
        Assert.Equal(Matrices + 1024 * 256 + 5 * 256, shape.Parameters);
    }

    [Fact]
    public void Many_steps_of_the_optimiser_are_those_of_its_reference()
    {
        const int Count = 64;
        var random = new Random(3);
        var (weights, gradients, means, squares) = (new float[Count], new float[Count], new float[Count], new float[Count]);
        for (var i = 0; i < Count; i++) weights[i] = (float)(random.NextDouble() - 0.5);
        var expected = weights.Select(w => (Weight: (double)w, Mean: 0.0, Square: 0.0)).ToArray();
        fixed (float* w = weights, g = gradients, m = means, v = squares)
        {
            for (var step = 1; step <= 300; step++)
            {
                for (var i = 0; i < Count; i++) gradients[i] = (float)(random.NextDouble() - 0.3) * (i + 1);
                AdamW.Step(step, w, g, m, v, Count);
                for (var i = 0; i < Count; i++) expected[i] = TrainReference.Step(step, expected[i].Weight, gradients[i], expected[i].Mean, expected[i].Square);
            }
        }
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(expected[i].Weight, weights[i], 2e-5);
            Assert.Equal(expected[i].Mean, means[i], 1e-5 * (i + 1));
            Assert.Equal(expected[i].Square, squares[i], 1e-5 * (i + 1) * (i + 1));
        }
    }

    static double[] Doubles(HostTrainer trainer)
    {
        var weights = new double[trainer.Shape.Parameters];
        for (var i = 0; i < weights.Length; i++) weights[i] = trainer.Weights[i];
        return weights;
    }
}
