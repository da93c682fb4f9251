using System.Globalization;
using System.Runtime.ExceptionServices;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Llm;

/// <summary>A matrix in memory of a device.</summary>
/// <param name="At">Bytes from the beginning of the weights.</param>
/// <param name="Scales">Likewise, where there are scales.</param>
sealed record GpuMatrix(RowMatrix Layout, long At, long Scales, string[] Tensors);

/// <summary>One layer of a model.</summary>
/// <param name="Attention">Queries, keys and values of all heads, one after another.</param>
/// <param name="Gate">The gate's rows, then those of the other half.</param>
/// <param name="Biases">Of the former; as many zeros where the family has none.</param>
sealed record GpuLayer(GpuMatrix Attention, GpuMatrix Output, GpuMatrix Gate, GpuMatrix Down, long AttentionNorm, long FeedNorm, long Biases);

/// <summary>
/// All weights of a model in one piece of memory of a device, as its kernels read them. The embedding is kept in bf16; a tied head in bf16 is the same memory.
/// </summary>
sealed unsafe class GpuWeights
{
    /// <summary>Bytes that are made and copied at a time.</summary>
    const int Piece = 32 << 20;

    readonly List<(long At, string Tensor, long Numbers)> vectors = [];
    readonly List<GpuMatrix> matrices = [];

    public GpuWeights(ModelShape shape, WeightFormat format)
    {
        (Shape, Format) = (shape, format);
        var heads = (shape.Heads + 2 * shape.KvHeads) * shape.HeadSize;
        Layers = new GpuLayer[shape.Layers];
        for (var i = 0; i < shape.Layers; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"model.layers.{i}.");
            Layers[i] = new(
                Matrix(format, heads, shape.Width, $"{at}self_attn.q_proj.weight", $"{at}self_attn.k_proj.weight", $"{at}self_attn.v_proj.weight"),
                Matrix(format, shape.Width, shape.Heads * shape.HeadSize, $"{at}self_attn.o_proj.weight"),
                Matrix(format, 2 * shape.Hidden, shape.Width, $"{at}mlp.gate_proj.weight", $"{at}mlp.up_proj.weight"),
                Matrix(format, shape.Width, shape.Hidden, $"{at}mlp.down_proj.weight"),
                Vector(shape.Width, $"{at}input_layernorm.weight"), Vector(shape.Width, $"{at}post_attention_layernorm.weight"),
                shape.HasBiases ? Vector(heads, $"{at}self_attn.q_proj.bias", $"{at}self_attn.k_proj.bias", $"{at}self_attn.v_proj.bias") : 0);
        }
        FinalNorm = Vector(shape.Width, "model.norm.weight");
        Head = Matrix(format, shape.Vocabulary, shape.Width, shape.TiedHead ? "model.embed_tokens.weight" : "lm_head.weight");
        Embedding = shape.TiedHead && format == WeightFormat.Bf16 ? Head : Matrix(WeightFormat.Bf16, shape.Vocabulary, shape.Width, "model.embed_tokens.weight");
        Zeros = Take(4L * Math.Max(shape.Vocabulary, Math.Max(heads, 2 * shape.Hidden)));
        if (!shape.HasBiases) Layers = [.. Layers.Select(l => l with { Biases = Zeros })];
    }

    public ModelShape Shape { get; }

    public WeightFormat Format { get; }

    /// <summary>Bytes of memory.</summary>
    public long Length { get; private set; }

    public GpuLayer[] Layers { get; }

    public long FinalNorm { get; }

    public GpuMatrix Head { get; }

    public GpuMatrix Embedding { get; }

    /// <summary>What a product starts with that has nothing to add to.</summary>
    public long Zeros { get; }

    /// <summary>The matrices of the first layer, and the head.</summary>
    public IReadOnlyList<GpuMatrix> Kinds => [Layers[0].Attention, Layers[0].Output, Layers[0].Gate, Layers[0].Down, Head];

    /// <summary>Reads, converts and copies everything.</summary>
    /// <param name="type">Of the source's tensors.</param>
    /// <exception cref="CheckpointException">The source cannot be read.</exception>
    public void Fill(DeviceMemory memory, CudaStream stream, CudaContext context, ITensorSource source, TensorType type)
    {
        TensorNumbers.Demand(type);
        var tensors = Shape.Tensors(type).ToDictionary(t => t.Name);
        using var piece = new PinnedMemory(context, Piece);
        memory.Fill(0, stream);
        stream.Synchronize();
        foreach (var (at, name, count) in vectors)
        {
            TensorNumbers.Read(source, tensors[name], 0, new((float*)piece.Start, (int)count));
            Copy(piece, count * sizeof(float), at);
        }
        foreach (var matrix in matrices)
        {
            var row = 0;
            foreach (var name in matrix.Tensors) row = Fill(matrix, row, tensors[name], source, piece, Copy);
        }

        void Copy(PinnedMemory from, long bytes, long to)
        {
            memory.CopyFrom(from.Start, bytes, to, stream);
            stream.Synchronize();
        }
    }

    /// <returns>The row of the matrix behind those of the tensor.</returns>
    static int Fill(GpuMatrix matrix, int row, TensorSpec tensor, ITensorSource source, PinnedMemory piece, Action<PinnedMemory, long, long> copy)
    {
        var layout = matrix.Layout;
        var (rowBytes, scaleBytes) = (layout.RowBytes, layout.RowScales * sizeof(ushort));
        var most = Piece / (rowBytes + scaleBytes);
        for (var first = 0; first < tensor.Shape[0]; first += most)
        {
            var count = (int)Math.Min(most, tensor.Shape[0] - first);
            var (bytes, scales) = ((nint)piece.Start, (nint)piece.Start + (nint)count * rowBytes);
            EachRow(count, i =>
            {
                var into = new Span<byte>((byte*)bytes + (long)i * rowBytes, rowBytes);
                if (tensor.Type == TensorType.BF16 && layout.Format == WeightFormat.Bf16)
                {
                    source.Read(tensor, (long)(first + i) * rowBytes, into);
                    return;
                }
                var numbers = Scratch(layout.Inputs);
                TensorNumbers.Read(source, tensor, (long)(first + i) * layout.Inputs, numbers);
                layout.Pack(numbers, into, new((ushort*)scales + (long)i * layout.RowScales, layout.RowScales));
            });
            copy(piece, (long)count * rowBytes, matrix.At + (long)(row + first) * rowBytes);
            if (scaleBytes == 0) continue;
            Buffer.MemoryCopy((void*)scales, piece.Start, Piece, (long)count * scaleBytes);
            copy(piece, (long)count * scaleBytes, matrix.Scales + (long)(row + first) * scaleBytes);
        }
        return row + (int)tensor.Shape[0];
    }

    /// <summary>What one row met is what the caller meets.</summary>
    static void EachRow(int count, Action<int> make)
    {
        try
        {
            Parallel.For(0, count, make);
        }
        catch (AggregateException several) when (several.InnerException is CheckpointException first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    [ThreadStatic]
    static float[]? scratch;

    static Span<float> Scratch(int count)
    {
        if (scratch is null || scratch.Length < count) scratch = new float[count];
        return scratch.AsSpan(0, count);
    }

    GpuMatrix Matrix(WeightFormat format, int outputs, int inputs, params string[] tensors)
    {
        var layout = new RowMatrix(outputs, inputs, format);
        var made = new GpuMatrix(layout, Take(layout.Bytes), Take(layout.ScaleBytes), tensors);
        matrices.Add(made);
        return made;
    }

    /// <summary>Tensors one after another.</summary>
    long Vector(int count, params string[] tensors)
    {
        var at = Take((long)count * sizeof(float));
        var from = at;
        foreach (var spec in tensors.Select(name => Shape.Tensors(TensorType.F32).First(t => t.Name == name)))
        {
            vectors.Add((from, spec.Name, spec.Elements));
            from += spec.Elements * sizeof(float);
        }
        return at;
    }

    long Take(long bytes)
    {
        var at = Length;
        Length += (bytes + 255) / 256 * 256;
        return at;
    }
}
