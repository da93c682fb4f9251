using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Train;
using GpuLab.Running;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Train;

[Collection(nameof(HostProbes))]
public sealed class TrainProbeTests
{
    static (string, ParameterValue) Count(string name, double value) => (name, ParameterValue.Count(value));

    static readonly (string, ParameterValue)[] Small = [Count("width", 64), Count("hidden", 96), Count("heads", 2), Count("layers", 1), Count("vocabulary", 64), Count("batch", 2), Count("tokens", 33)];

    [Theory]
    [InlineData("fp32", 1)]
    [InlineData("bf16", 2)]
    public void Samples_are_plausible_do_not_allocate_and_verify(string dtype, int threads)
    {
        using var bench = new Bench();
        using var probe = bench.Prepare("train.step", Math.Min(threads, Bench.Cpus.Count), [.. Small, ("dtype", ParameterValue.Of(dtype))]);
        bench.Take(probe, 1);
        var sink = new SampleSink(bench.Ring);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) probe.Sample(ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var samples = new List<Sample>();
        bench.Ring.Drain(samples);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], samples.Select(s => s.Metric).Distinct().Order());
        Assert.All(samples, s => Assert.True(s is { Operations: > 0, Value: > 0 } && s.End - s.Start >= 200_000 && double.IsFinite(s.Value), s.ToString()));
        foreach (var sample in samples.Chunk(7))
        {
            Assert.Equal(2 * 33, sample[0].Value * sample[1].Value, 1e-6);
            // Parts of a step do not overlap.
            Assert.InRange((sample[4].Value + sample[5].Value + sample[6].Value) / sample[1].Value, 0.5, 1.0001);
        }
        Assert.Null(probe.Verify());
        Assert.StartsWith("measured:", probe.Ceiling!.Source, StringComparison.Ordinal);
        Assert.Matches(@"^4\.[0-9.]+ to [0-9.]+ in [0-9]+ steps$", probe.Facts["loss"]);
    }

    /// <summary>The weights that training begins with are what it comes back to: with other ones the losses are others.</summary>
    [Fact]
    public unsafe void A_loss_that_is_not_the_same_when_training_begins_anew_is_found()
    {
        using var bench = new Bench();
        using var probe = (TrainProbe)bench.Prepare("train.step", 1, Small);
        bench.Take(probe, 1);
        Assert.Null(probe.Verify());
        probe.Trainer.Weights[probe.Trainer.Shape.Tensors[^1].Offset] += 1;
        bench.Take(probe, 8);
        Assert.Contains("changed from", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void A_loss_that_is_no_number_is_found()
    {
        using var bench = new Bench();
        using var probe = (TrainProbe)bench.Prepare("train.step", 1, Small);
        bench.Take(probe, 1);
        probe.Trainer.Weights[probe.Trainer.Shape.Tensors[^1].Offset] = float.NaN;
        bench.Take(probe, 1);
        Assert.Contains("NaN", probe.Verify(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("width", 100, "width 100 is no multiple of 32")]
    [InlineData("heads", 3, "3 heads cannot share a width of 64: each needs an even number")]
    [InlineData("tokens", 1e7, "training")]
    public void What_cannot_be_trained_is_said_when_planning_and_when_preparing(string name, double value, string reason)
    {
        using var bench = new Bench();
        (string, ParameterValue)[] parameters = [.. Small.Where(p => p.Item1 != name), Count(name, value)];
        Assert.StartsWith(reason, Assert.Throws<ProbeSkippedException>(() => bench.Prepare("train.step", 1, parameters)).Message, StringComparison.Ordinal);
        var request = bench.Request(1, parameters);
        Assert.StartsWith(reason, ((IForesight)new TrainStep()).Obstacle(new(0, "1c@0", "1c", 0, 1, request.Cpus, new Dictionary<string, string>()), request.Parameters), StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_that_slices_cannot_share_evenly_are_refused_before()
    {
        using var bench = new Bench();
        var request = bench.Request(1, [.. Small.Where(p => p.Item1 != "batch"), Count("batch", 5)]);
        var slice = new GpuLab.Control.Slice(0, "1c@0", "1c", 0, 1, request.Cpus, new Dictionary<string, string>());
        Assert.Null(((IForesight)new TrainStep()).Obstacle(slice, request.Parameters));
        Assert.Equal("2 slices cannot share 5 sequences evenly", ((IForesight)new TrainStep()).Obstacle(slice with { Team = ["1c@0", "1c@1"] }, request.Parameters));
    }
}
