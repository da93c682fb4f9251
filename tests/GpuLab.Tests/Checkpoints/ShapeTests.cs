using System.Runtime.InteropServices;
using System.Text.Json;
using GpuLab.Probes.Checkpoints;

namespace GpuLab.Tests.Checkpoints;

public sealed class ShapeTests : IDisposable
{
    readonly CheckpointFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Parameters as the published checkpoints count them, and bytes a token leaves in a bfloat16 cache.</summary>
    [Theory]
    [InlineData("qwen2.5-0.5b", 494_032_768, 12_288)]
    [InlineData("llama-3.2-1b", 1_235_814_400, 32_768)]
    [InlineData("qwen2.5-7b", 7_615_616_512, 57_344)]
    [InlineData("llama-3.1-8b", 8_030_261_248, 131_072)]
    [InlineData("llama-3.1-70b", 70_553_706_496, 327_680)]
    public void A_published_shape_has_the_published_number_of_parameters(string name, long parameters, long kv)
    {
        Assert.True(ModelShapes.TryParse(name, out var shape, out _));
        Assert.Equal(parameters, shape.Parameters);
        Assert.Equal(kv, shape.KvBytesPerToken(2));
        // All but embedding (where the head has weights of its own), norms and biases.
        var products = shape.Tensors(TensorType.BF16).Where(t => t.Shape.Count == 2 && (shape.TiedHead || t.Name != "model.embed_tokens.weight")).Sum(t => t.Elements);
        Assert.Equal(products, shape.MatrixParameters);
    }

    [Fact]
    public void A_shape_may_be_cut_to_its_first_layers()
    {
        Assert.True(ModelShapes.TryParse("Llama-3.1-8B:2", out var shape, out _));
        Assert.Equal(("llama-3.1-8b:2", 2), (shape.Name, shape.Layers));
        Assert.True(ModelShapes.TryParse("tiny:4", out shape, out _));
        Assert.Equal("tiny", shape.Name);
    }

    [Theory]
    [InlineData("lama-3.1-8b", "Did you mean 'llama-3.1-8b'?")]
    [InlineData("tiny:5", "tiny has 1 to 4")]
    [InlineData("tiny:0", "tiny has 1 to 4")]
    [InlineData("tiny:", "tiny has 1 to 4")]
    public void A_wrong_shape_is_refused_with_what_there_is(string text, string reason)
    {
        Assert.False(ModelShapes.TryParse(text, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_weights_follow_the_seed_and_may_be_made_in_any_pieces()
    {
        var tensor = new TensorSpec("model.layers.0.mlp.up_proj.weight", TensorType.BF16, [300, 200]);
        var (whole, pieces, other) = (new byte[tensor.Bytes], new byte[tensor.Bytes], new byte[tensor.Bytes]);
        new RandomWeights(3).Read(tensor, 0, whole);
        for (var at = 0; at < pieces.Length; at += 1002) new RandomWeights(3).Read(tensor, at, pieces.AsSpan(at, Math.Min(1002, pieces.Length - at)));
        new RandomWeights(4).Read(tensor, 0, other);
        Assert.Equal(whole, pieces);
        Assert.NotEqual(whole, other);
        new RandomWeights(3).Read(tensor with { Name = "model.layers.1.mlp.up_proj.weight" }, 0, other);
        Assert.NotEqual(whole, other);
    }

    [Theory]
    [InlineData("w", TensorType.F32, 0.0, 0.1)]
    [InlineData("w", TensorType.F16, 0.0, 0.1)]
    [InlineData("w", TensorType.BF16, 0.0, 0.1)]
    [InlineData("q_proj.bias", TensorType.F32, 0.0, 0.02)]
    [InlineData("norm.weight", TensorType.F32, 1.0, 0.1)]
    public void Random_weights_have_the_stated_mean_and_deviation(string name, TensorType type, double mean, double deviation)
    {
        const int count = 1_000_000;
        var tensor = new TensorSpec(name, type, name == "w" ? [count / 100, 100] : [count]);
        var bytes = new byte[tensor.Bytes];
        new RandomWeights(11).Read(tensor, 0, bytes);
        double[] values = type switch
        {
            TensorType.F32 => [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(v => (double)v)],
            TensorType.F16 => [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(v => (double)v)],
            _ => [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(v => (double)BitConverter.UInt32BitsToSingle((uint)v << 16))],
        };
        var average = values.Average();
        Assert.Equal(mean, average, 5 * deviation / Math.Sqrt(count));
        Assert.Equal(deviation, Math.Sqrt(values.Average(v => (v - average) * (v - average))), deviation * 0.005);
        Assert.True(values.Distinct().Count() > 1000);
    }

    [Theory]
    [InlineData(CheckpointFormat.Safetensors)]
    [InlineData(CheckpointFormat.Sllm)]
    public void A_made_checkpoint_knows_its_shape_and_origin(CheckpointFormat format)
    {
        Assert.True(ModelShapes.TryParse("tiny:2", out var shape, out _));
        CheckpointWriter.Write(folder.At("tiny"), format, shape.Tensors(TensorType.F16), new RandomWeights(9), new() { Beside = new Dictionary<string, byte[]> { [ModelConfig.FileName] = ModelConfig.Write(shape, TensorType.F16, 9) } });
        using var checkpoint = Checkpoint.Open(folder.At("tiny"));
        Assert.Equal(shape, ModelShapes.Of(checkpoint));
        Assert.Equal(new(shape, 9), ModelConfig.OriginOf(folder.At("tiny")));
        Assert.Empty(CheckpointCheck.Differences(checkpoint, shape, TensorType.F16));
        Assert.Empty(CheckpointCheck.Differences(checkpoint, new RandomWeights(9)));
        Assert.NotEmpty(CheckpointCheck.Differences(checkpoint, shape, TensorType.BF16));
        Assert.True(ModelShapes.TryParse("tiny:3", out var longer, out _));
        Assert.Contains("tensor 'model.layers.2.input_layernorm.weight' is missing: tiny:3 has BF16 [256]", CheckpointCheck.Differences(checkpoint, longer));
        Assert.True(ModelShapes.TryParse("tiny:1", out var shorter, out _));
        Assert.Contains("tensor 'model.layers.1.input_layernorm.weight' (F16 [256]) is no part of tiny:1", CheckpointCheck.Differences(checkpoint, shorter));
    }

    [Fact]
    public void A_configuration_says_what_loaders_elsewhere_ask_for()
    {
        Assert.True(ModelShapes.TryParse("llama-3.1-8b", out var shape, out _));
        using var json = JsonDocument.Parse(ModelConfig.Write(shape, TensorType.BF16, 1));
        Assert.Equal("llama", json.RootElement.GetProperty("model_type").GetString());
        Assert.Equal(8, json.RootElement.GetProperty("num_key_value_heads").GetInt32());
        Assert.Equal("llama3", json.RootElement.GetProperty("rope_scaling").GetProperty("rope_type").GetString());
        Assert.Equal("bfloat16", json.RootElement.GetProperty("torch_dtype").GetString());
        Assert.Null(ModelConfig.OriginOf(folder.Path));
    }
}
