using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Probes.Llm;
using GpuLab.Running;

namespace GpuLab.Probes.Train;

/// <summary>
/// <c>train.step</c> when prepared: after a few batches training begins anew, and each batch must give the same loss again, bit for bit the same arithmetic.
/// </summary>
sealed class TrainProbe : IPreparedProbe
{
    const double Deviation = 0.02;

    readonly TrainShape shape;
    readonly HostTrainer trainer;
    readonly PinnedThread pin;
    readonly Communicator? communicator;
    readonly double[] expected;
    readonly double peak;
    readonly int times;
    long steps;
    string? wrong;

    public TrainProbe(ProbeRequest request)
    {
        communicator = request.Communicator;
        var slices = communicator?.Size ?? 1;
        DemandRoom(request.Parameters, request.Cpus.Count, slices);
        shape = TrainShape.Read(request.Parameters, slices);
        var brains = Brains(request.Parameters);
        var kernels = HostKernels.Supported[0];
        var team = Team.For(request.Cpus);
        pin = new(request.Cpus[0]);
        try
        {
            using (var adding = ComputeProbe.Prepare(FmaVariant.Fp32, request)) peak = adding.Ceiling!.Value;
            TrainCheck.Demand(brains, kernels, team);
            trainer = new(shape, brains, kernels, team, Deviation, communicator);
            // Slices of different sizes do as many steps a sample.
            times = slices > 1 ? 1 : StepTiming.Times(new(shape.Flop, 0), team.Count);
            expected = new double[HostTrainer.Cycle * times];
            for (var step = 0; step < expected.Length; step++) expected[step] = trainer.StepAlone();
            var (first, last) = (expected[0], expected[^1]);
            if (NotFallen(first, last) is { } no) throw new InvalidOperationException(no);
            // Together with others it falls in another way.
            if (communicator is not null) expected.AsSpan().Fill(double.NaN);
            trainer.Reset();
            Ceiling = new(shape.Rows / (shape.Flop / peak), $"measured: {Pretty.Value(shape.Flop, "FLOP")} at {Pretty.Value(peak, "FLOP/s")}, the fastest short bursts of fp32 multiply-adds on the same cores");
            var facts = new Dictionary<string, string>
            {
                ["parameters"] = string.Create(CultureInfo.InvariantCulture, $"{shape.Parameters}, {shape.Model.MatrixParameters} of them in products"),
                ["counted"] = $"{Pretty.Value(shape.Flop, "FLOP")} a step",
                ["loss"] = string.Create(CultureInfo.InvariantCulture, $"{first:0.####} to {last:0.####} in {expected.Length} steps{(slices > 1 ? " of this slice alone" : "")}"),
                ["kernel"] = $"{kernels}{(brains ? ", both sides rounded to bf16" : "")}",
                ["threads"] = team.Count.ToString(CultureInfo.InvariantCulture),
                ["pages"] = trainer.Pages,
                ["fp32 ceiling"] = Pretty.Value(peak, "FLOP/s"),
            };
            if (slices > 1) facts["exchanged"] = $"{Pretty.Bytes(shape.Parameters * sizeof(float))} of gradients a slice and step";
            Facts = facts;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Ceiling? Ceiling { get; }

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal HostTrainer Trainer => trainer;

    static bool Brains(Parameters parameters) => parameters.Word("dtype", "fp32") == "bf16";

    /// <exception cref="ProbeSkippedException">Sizes that do not go together, or more memory than the slice's part.</exception>
    public static void DemandRoom(Parameters parameters, int cpus, int slices)
    {
        var shape = TrainShape.Read(parameters, slices);
        if (HostKernels.Supported is not [var kernels, ..]) throw new ProbeSkippedException("this processor has no fused multiply-add");
        unsafe
        {
            HostRoom.Demand(string.Create(CultureInfo.InvariantCulture, $"training {shape.Parameters} parameters on {shape.Rows} tokens"), cpus,
                ("weights, gradients, optimiser and activations", new TrainMemory(shape, kernels.Lanes, cpus, null).Bytes),
                ("shared by the slices", slices > 1 ? GradientExchange.Bytes(shape.Parameters, slices) / slices : 0));
        }
    }

    public void Sample(ref SampleSink sink)
    {
        if (steps % expected.Length == 0) trainer.Reset();
        var (start, end) = (0L, 0L);
        var (forward, backward, exchange, optimiser) = (0L, 0L, 0L, 0L);
        for (var i = 0; i < times; i++)
        {
            var loss = trainer.Step();
            var marks = trainer.Times;
            if (i == 0) start = marks[0];
            end = marks[4];
            forward += marks[1] - marks[0];
            backward += marks[2] - marks[1];
            exchange += marks[3] - marks[2];
            optimiser += marks[4] - marks[3];
            Compare(loss, (int)(steps++ % expected.Length));
        }
        var seconds = (end - start) / 1e9 / times;
        sink.Add(0, start, end, times, shape.Rows / seconds);
        sink.Add(1, start, end, times, seconds);
        sink.Add(2, start, end, times, shape.Flop / seconds);
        sink.Add(3, start, end, times, shape.Flop / seconds / peak);
        sink.Add(4, start, end, times, forward / 1e9 / times);
        sink.Add(5, start, end, times, backward / 1e9 / times);
        sink.Add(6, start, end, times, optimiser / 1e9 / times);
        if (communicator is not null) sink.Add(7, start, end, times, exchange / 1e9 / times);
    }

    /// <summary>All slices come here after the same number of steps, so that they can compare what they have become.</summary>
    public unsafe string? Verify()
    {
        var replicas = trainer.Exchange?.Replicas(trainer.Steps, trainer.Weights);
        return wrong ?? replicas;
    }

    public void Dispose()
    {
        trainer?.Dispose();
        pin.Dispose();
    }

    /// <param name="step">Since training began anew, from 0.</param>
    void Compare(double loss, int step)
    {
        if (double.IsNaN(expected[step])) expected[step] = loss;
        else if (loss != expected[step]) wrong ??= string.Create(CultureInfo.InvariantCulture, $"the loss of step {step + 1} changed from {expected[step]:R} to {loss:R} when training began anew");
        if (step == expected.Length - 1) wrong ??= NotFallen(expected[0], loss);
    }

    string? NotFallen(double first, double last) => last < first ? null : string.Create(CultureInfo.InvariantCulture, $"the loss did not fall: {first:0.####} at first, {last:0.####} after {expected.Length} steps");
}
