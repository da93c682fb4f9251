using System.Runtime.ExceptionServices;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;

namespace GpuLab.Probes.Llm;

/// <summary>Every thread reads, converts and stores the panels that it will multiply with.</summary>
sealed unsafe class HostFill : TeamWork
{
    readonly HostWeights weights;
    readonly ITensorSource source;
    readonly int threads;
    readonly Dictionary<string, TensorSpec> tensors;
    Exception? failure;

    public HostFill(HostWeights weights, ITensorSource source, TensorType type, int threads)
    {
        TensorNumbers.Demand(type);
        (this.weights, this.source, this.threads) = (weights, source, threads);
        tensors = weights.Whole.Tensors(type).ToDictionary(t => t.Name);
    }

    public override void Run(int thread)
    {
        // An exception must not keep the other threads from ending.
        try
        {
            foreach (var (matrix, parts) in weights.Parts()) Fill(matrix, [.. parts.Select(p => tensors[p])], thread);
            if (thread > 0) return;
            foreach (var (name, into) in weights.Vectors()) Read(tensors[name], 0, new Span<float>(into, (int)tensors[name].Elements));
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e, null);
        }
    }

    /// <summary>Passes on what a thread met.</summary>
    public void ThrowFailure()
    {
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    void Fill(PanelMatrix matrix, TensorSpec[] parts, int thread)
    {
        var layout = matrix.Layout;
        var rows = new float[layout.Width * layout.Inputs];
        var (first, end) = matrix.Share(thread, threads);
        for (var panel = first; panel < end; panel++)
        {
            var (output, last) = (panel * layout.Width, Math.Min((panel + 1) * layout.Width, layout.Outputs));
            var got = 0;
            var begin = 0L;
            foreach (var part in parts)
            {
                var (from, to) = (Math.Max(output, begin), Math.Min(last, begin + part.Shape[0]));
                if (from < to)
                {
                    Read(part, (from - begin) * layout.Inputs, rows.AsSpan(got, (int)(to - from) * layout.Inputs));
                    got += (int)(to - from) * layout.Inputs;
                }
                begin += part.Shape[0];
            }
            matrix.Pack(panel, rows.AsSpan(0, got));
        }
    }

    void Read(TensorSpec tensor, long element, Span<float> into) => TensorNumbers.Read(source, tensor, element, into);
}
