using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Probes.Llm;
using GpuLab.Running;

namespace GpuLab.Probes.Train;

/// <summary>A model that is trained on a slice of the host, with its optimiser and its data.</summary>
sealed unsafe class HostTrainer : IDisposable
{
    /// <summary>Batches by turns: as many steps as there are before training begins anew.</summary>
    public const int Cycle = 8;

    const ulong Seed = 1;

    readonly HostBlock block;
    readonly TrainMemory memory;
    readonly TrainData data;
    readonly TrainPass alone;
    readonly TrainPass? shared;

    /// <param name="deviation">Of the weights that training begins with.</param>
    /// <param name="communicator">What slices share that train together; null where this one trains by itself.</param>
    /// <exception cref="ProbeSkippedException">The slices have not enough memory to share.</exception>
    public HostTrainer(TrainShape shape, bool brains, HostKernels kernels, Team team, double deviation, Communicator? communicator = null)
    {
        (Shape, Team) = (shape, team);
        var bytes = new TrainMemory(shape, kernels.Lanes, team.Count, null).Bytes;
        block = HostMemory.Rent(bytes, team.Cpus, "");
        try
        {
            (block.Content, block.Companion) = ("", null);
            memory = new(shape, kernels.Lanes, team.Count, (float*)block.Start);
            data = new(shape, Cycle, communicator is null ? (0, 1) : (communicator.Rank, communicator.Size));
            Exchange = communicator is null ? null : new(communicator, shape.Parameters, team.Count);
            alone = new(shape, brains, kernels, memory, team.Count, null, 1);
            shared = Exchange is null ? null : new(shape, brains, kernels, memory, team.Count, Exchange, communicator!.Size);
            team.Run(new Beginning(shape, memory, deviation, team.Count));
            Reset();
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    public TrainShape Shape { get; }

    public Team Team { get; }

    public GradientExchange? Exchange { get; }

    public TrainData Data => data;

    public float* Weights => memory.Weights;

    public float* Gradients => memory.Gradients;

    /// <summary>Steps since the beginning.</summary>
    public int Steps { get; private set; }

    /// <summary>How the memory was given, for the facts.</summary>
    public string Pages => block.Pages(new TrainMemory(Shape, HostKernels.Supported[0].Lanes, Team.Count, null).Bytes);

    /// <summary>Back to the weights that training begins with.</summary>
    public void Reset()
    {
        var bytes = Shape.Parameters * sizeof(float);
        Buffer.MemoryCopy(memory.Initial, memory.Weights, bytes, bytes);
        NativeMemory.Clear(memory.Means, (nuint)bytes);
        NativeMemory.Clear(memory.Squares, (nuint)bytes);
        Steps = 0;
    }

    /// <summary>One step on the next batch, together with the other slices where there are any. No managed allocation.</summary>
    /// <returns>The mean loss of this slice's tokens before it.</returns>
    public double Step() => Run(shared ?? alone, ++Steps);

    /// <summary>The same without the others.</summary>
    public double StepAlone() => Run(alone, ++Steps);

    /// <summary>The loss and the gradients of the first batch; changes no weight.</summary>
    public double Differentiate() => Run(shared ?? alone, 0);

    /// <summary>When the last step began and when its parts ended.</summary>
    public ReadOnlySpan<long> Times => (shared ?? alone).Times;

    public void Dispose() => block.Dispose();

    double Run(TrainPass pass, int step)
    {
        var batch = Math.Max(0, step - 1) % Cycle;
        (pass.Inputs, pass.Targets, pass.Step) = (data.Inputs[batch], data.Targets[batch], step);
        Team.Run(pass);
        return pass.Loss;
    }

    /// <summary>Norms are 1, matrices random, smaller where they add to the residual stream. A row's numbers depend on its own place alone.</summary>
    sealed class Beginning(TrainShape shape, TrainMemory memory, double deviation, int threads) : TeamWork
    {
        /// <summary>Of the sum of four bytes.</summary>
        const double Spread = 147.8;

        public override void Run(int thread)
        {
            foreach (var tensor in shape.Tensors)
            {
                var scale = (float)(deviation / Spread / (AddsToStream(tensor) ? Math.Sqrt(2.0 * shape.Layers) : 1));
                for (var row = Share.First(tensor.Rows, thread, threads); row < Share.First(tensor.Rows, thread + 1, threads); row++)
                {
                    var at = tensor.Offset + (long)row * tensor.Columns;
                    var random = new SplitMix(Seed << 48 ^ (ulong)at);
                    for (var i = 0; i < tensor.Columns; i++) memory.Initial[at + i] = tensor.Rows == 1 ? 1 : scale * Sum((uint)random.Next());
                }
            }
        }

        static bool AddsToStream(TrainTensor tensor) => tensor.Name.EndsWith("attention output", StringComparison.Ordinal) || tensor.Name.EndsWith("down", StringComparison.Ordinal);

        static float Sum(uint bits) => (bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24) - 510f;
    }
}
