using GpuLab.Probes.Host;
using GpuLab.Probes.Llm;
using GpuLab.Probes.Train;
using GpuLab.Running;
using GpuLab.Tests.Probes;
using GpuLab.Tests.Running;

namespace GpuLab.Tests.Train;

/// <summary>Slices that share each batch, here as threads that share what workers would.</summary>
[Collection(nameof(HostProbes))]
public sealed unsafe class ReplicaTests
{
    static readonly TrainShape Whole = new(64, 96, 2, 2, 64, 6, 19);

    static HostTrainer Trainer(Communicator? communicator, int parts) =>
        new(new(Whole.Width, Whole.Hidden, Whole.Heads, Whole.Layers, Whole.Vocabulary, Whole.Batch / parts, Whole.Tokens), false, HostKernels.Supported[0],
            Team.For([Bench.Cpus[(communicator?.Rank ?? 0) % Bench.Cpus.Count]]), 0.1, communicator);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Replicas_stay_the_same_to_the_bit_and_near_to_one_that_has_all_sequences(int slices)
    {
        const int Steps = 12;
        using var ranks = new Ranks(slices);
        var replicas = ranks.Run(c =>
        {
            using var trainer = Trainer(c, slices);
            var losses = new double[Steps];
            for (var i = 0; i < Steps; i++) losses[i] = trainer.Step();
            return (Losses: losses, Weights: new ReadOnlySpan<float>(trainer.Weights, (int)trainer.Shape.Parameters).ToArray(), Wrong: trainer.Exchange!.Replicas(trainer.Steps, trainer.Weights));
        });
        Assert.All(replicas, r => Assert.Null(r.Wrong));
        Assert.All(replicas, r => Assert.Equal(replicas[0].Weights, r.Weights));

        using var alone = Trainer(null, 1);
        for (var i = 0; i < Steps; i++) Assert.Equal(alone.Step(), replicas.Average(r => r.Losses[i]), 1e-4);
        for (var i = 0; i < replicas[0].Weights.Length; i++) Assert.Equal(alone.Weights[i], replicas[0].Weights[i], 2e-4);
    }

    [Fact]
    public void Gradients_are_added_up_number_by_number()
    {
        using var ranks = new Ranks(3);
        const int Count = 48 * 16;
        var found = ranks.Run(c =>
        {
            var own = new float[Count];
            var exchange = new GradientExchange(c, Count, 1);
            for (var round = 0; round < 20; round++)
            {
                for (var i = 0; i < Count; i++) own[i] = Value(c.Rank, i + round);
                fixed (float* at = own) exchange.Run(0, at, new(1));
            }
            return own;
        });
        var expected = Enumerable.Range(0, Count).Select(i => Value(0, i + 19) + Value(1, i + 19) + Value(2, i + 19)).ToArray();
        Assert.All(found, f => Assert.Equal(expected, f));

        static float Value(int rank, int i) => 1f / (3 + rank * 7 + i % 101);
    }

    [Fact]
    public void A_weight_that_differs_by_its_last_bit_is_found_by_both()
    {
        using var ranks = new Ranks(2);
        var wrong = ranks.Run(c =>
        {
            using var trainer = Trainer(c, 2);
            for (var i = 0; i < 3; i++) trainer.Step();
            if (c.Rank == 1) trainer.Weights[777] = MathF.BitIncrement(trainer.Weights[777]);
            return trainer.Exchange!.Replicas(trainer.Steps, trainer.Weights);
        });
        Assert.Equal((IEnumerable<string?>)["the weights of 1c@1 are no longer those of this slice", "the weights of 1c@0 are no longer those of this slice"], wrong);
    }
}
