using System.Runtime.InteropServices;
using GpuLab.Probes.Checkpoints;

namespace GpuLab.Tests.Llm;

/// <summary>
/// The model written down plainly in double precision, one token and one number after another, from the equations of the published
/// models: no batches, no pages, no packing. Keys and values are rounded to bf16, as the cache stores them.
/// </summary>
sealed class ReferenceModel
{
    readonly ModelShape shape;
    readonly Dictionary<string, double[]> tensors = [];
    readonly Dictionary<string, long> columns = [];
    readonly List<double[][]> keys = [], values = [];
    readonly Func<double, double> into;

    /// <param name="levels">Largest integer of quantised weights (127 or 7), or 0 to take matrices as they are.</param>
    /// <param name="rounded">Whether what goes into products is rounded to bf16, as tensor cores take it.</param>
    public ReferenceModel(ModelShape shape, ITensorSource source, int levels = 0, bool rounded = false)
    {
        this.shape = shape;
        into = rounded ? Brain : x => x;
        foreach (var spec in shape.Tensors(TensorType.BF16))
        {
            var raw = new byte[spec.Bytes];
            source.Read(spec, 0, raw);
            tensors[spec.Name] = [.. MemoryMarshal.Cast<byte, ushort>(raw).ToArray().Select(b => (double)BitConverter.Int32BitsToSingle(b << 16))];
            columns[spec.Name] = spec.Shape[^1];
        }
        Head = tensors[shape.TiedHead ? "model.embed_tokens.weight" : "lm_head.weight"];
        if (levels == 0) return;
        // The embedding that is looked up stays as it is.
        Head = Quantised(Head, shape.Width, levels);
        foreach (var name in tensors.Keys.Where(n => n.EndsWith("proj.weight", StringComparison.Ordinal)).ToList()) tensors[name] = Quantised(tensors[name], (int)columns[name], levels);
    }

    public double[] Head { get; }

    /// <summary>The scores after one more token.</summary>
    public double[] Next(int token)
    {
        var position = keys.Count;
        keys.Add(new double[shape.Layers][]);
        values.Add(new double[shape.Layers][]);
        var x = tensors["model.embed_tokens.weight"].AsSpan(token * shape.Width, shape.Width).ToArray();
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var at = $"model.layers.{layer}.";
            x = Sum(x, Product($"{at}self_attn.o_proj", Attention(layer, position, Norm(x, tensors[$"{at}input_layernorm.weight"]))));
            var h = Norm(x, tensors[$"{at}post_attention_layernorm.weight"]);
            var gate = Product($"{at}mlp.gate_proj", h);
            var up = Product($"{at}mlp.up_proj", h);
            x = Sum(x, Product($"{at}mlp.down_proj", [.. gate.Select((g, i) => into(g / (1 + Math.Exp(-g)) * up[i]))]));
        }
        return Times(Head, Norm(x, tensors["model.norm.weight"]));
    }

    double[] Attention(int layer, int position, double[] h)
    {
        var at = $"model.layers.{layer}.self_attn.";
        var (q, k, v) = (Product($"{at}q_proj", h), Product($"{at}k_proj", h), Product($"{at}v_proj", h));
        Rotate(q, position);
        q = [.. q.Select(into)];
        Rotate(k, position);
        keys[position][layer] = [.. k.Select(Brain)];
        values[position][layer] = [.. v.Select(Brain)];
        var found = new double[shape.Heads * shape.HeadSize];
        for (var head = 0; head < shape.Heads; head++)
        {
            var shared = head / (shape.Heads / shape.KvHeads) * shape.HeadSize;
            var scores = new double[position + 1];
            for (var t = 0; t <= position; t++)
            {
                for (var i = 0; i < shape.HeadSize; i++) scores[t] += q[head * shape.HeadSize + i] * keys[t][layer][shared + i];
                scores[t] /= Math.Sqrt(shape.HeadSize);
            }
            var shares = scores.Select(s => Math.Exp(s - scores.Max())).ToArray();
            for (var t = 0; t <= position; t++)
            {
                for (var i = 0; i < shape.HeadSize; i++) found[head * shape.HeadSize + i] += shares[t] / shares.Sum() * values[t][layer][shared + i];
            }
        }
        return [.. found.Select(into)];
    }

    void Rotate(double[] heads, int position)
    {
        var half = shape.HeadSize / 2;
        for (var head = 0; head < heads.Length; head += shape.HeadSize)
        {
            for (var i = 0; i < half; i++)
            {
                var angle = position * Frequency(i);
                var (x, y) = (heads[head + i], heads[head + half + i]);
                heads[head + i] = x * Math.Cos(angle) - y * Math.Sin(angle);
                heads[head + half + i] = x * Math.Sin(angle) + y * Math.Cos(angle);
            }
        }
    }

    /// <summary>As the configuration of Llama 3.1 words it: by wavelength.</summary>
    double Frequency(int i)
    {
        var plain = 1 / Math.Pow(shape.RopeTheta, 2.0 * i / shape.HeadSize);
        if (shape.Scaling is not { } s) return plain;
        var wavelength = 2 * Math.PI / plain;
        if (wavelength < s.OriginalPositions / s.HighFrequency) return plain;
        if (wavelength > s.OriginalPositions / s.LowFrequency) return plain / s.Factor;
        var smooth = (s.OriginalPositions / wavelength - s.LowFrequency) / (s.HighFrequency - s.LowFrequency);
        return ((1 - smooth) / s.Factor + smooth) * plain;
    }

    double[] Norm(double[] x, double[] weight)
    {
        var root = Math.Sqrt(x.Sum(v => v * v) / x.Length + shape.NormEpsilon);
        return [.. x.Select((v, i) => into(v / root * weight[i]))];
    }

    double[] Product(string name, double[] x)
    {
        var y = Times(tensors[$"{name}.weight"], x);
        return tensors.TryGetValue($"{name}.bias", out var bias) ? Sum(y, bias) : y;
    }

    static double[] Times(double[] matrix, double[] x)
    {
        var y = new double[matrix.Length / x.Length];
        for (var i = 0; i < y.Length; i++)
        {
            for (var j = 0; j < x.Length; j++) y[i] += matrix[i * x.Length + j] * x[j];
        }
        return y;
    }

    static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    /// <summary>Groups of 64 columns that share a scale, itself a bf16 number that is rounded up.</summary>
    internal static double[] Quantised(double[] matrix, int columns, int levels)
    {
        var result = new double[matrix.Length];
        for (var row = 0; row < matrix.Length; row += columns)
        {
            for (var first = 0; first < columns; first += 64)
            {
                var group = matrix.AsSpan(row + first, Math.Min(64, columns - first));
                var largest = 0.0;
                foreach (var w in group) largest = Math.Max(largest, Math.Abs(w));
                var scale = Brain((float)(largest / levels));
                if (scale < (float)(largest / levels)) scale = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)scale) + 0x10000);
                for (var i = 0; i < group.Length; i++) result[row + first + i] = scale == 0 ? 0 : Math.Round(group[i] / scale) * scale;
            }
        }
        return result;
    }

    /// <summary>The nearer of the two bf16 neighbours, of equally near ones the even one.</summary>
    internal static double Brain(double value)
    {
        var below = BitConverter.SingleToInt32Bits((float)value) & unchecked((int)0xFFFF0000);
        var (a, b) = ((double)BitConverter.Int32BitsToSingle(below), (double)BitConverter.Int32BitsToSingle(below + 0x10000));
        var (toA, toB) = (Math.Abs(value - a), Math.Abs(b - value));
        return toA < toB || (toA == toB && (below & 0x10000) == 0) ? a : b;
    }
}
