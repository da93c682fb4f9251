using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
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
        if (type is not (TensorType.BF16 or TensorType.F16 or TensorType.F32))
            throw new CheckpointException($"weights of type {type.Text()} are not read, only BF16, F16 and F32");
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

    [ThreadStatic]
    static byte[]? raw;

    void Read(TensorSpec tensor, long element, Span<float> into)
    {
        var size = tensor.Type.Size();
        if (raw is null || raw.Length < into.Length * size) raw = new byte[into.Length * size];
        var bytes = raw.AsSpan(0, into.Length * size);
        source.Read(tensor, element * size, bytes);
        switch (tensor.Type)
        {
            case TensorType.BF16:
                var brains = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < into.Length; i++) into[i] = Bf16.Widen(brains[i]);
                break;
            case TensorType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (var i = 0; i < into.Length; i++) into[i] = (float)halves[i];
                break;
            default:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(into);
                break;
        }
    }
}
