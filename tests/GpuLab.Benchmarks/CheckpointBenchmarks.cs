using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using GpuLab.Probes.Checkpoints;

namespace GpuLab.Benchmarks;

/// <summary>Opening a checkpoint of 100 000 tensors, and making random weights.</summary>
[MemoryDiagnoser]
public class CheckpointBenchmarks
{
    const int Tensors = 100_000;

    readonly string path = Path.Combine(Path.GetTempPath(), $"gpulab-{Environment.ProcessId}.safetensors");
    readonly RandomWeights weights = new(1);
    readonly TensorSpec tensor = new("model.layers.0.mlp.up_proj.weight", TensorType.BF16, [1024, 2048]);
    readonly byte[] into = new byte[1024 * 2048 * 2];

    [GlobalSetup]
    public void Write()
    {
        var header = new StringBuilder("{");
        for (var i = 0; i < Tensors; i++)
            header.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}\"model.layers.{i / 10}.self_attn.tensor_{i % 10}.weight\":{{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[{4 * i},{4 * i + 4}]}}");
        var json = Encoding.UTF8.GetBytes(header.Append('}').ToString());
        var bytes = new byte[8 + json.Length + 4 * Tensors];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        File.WriteAllBytes(path, bytes);
    }

    [GlobalCleanup]
    public void Delete() => File.Delete(path);

    /// <summary>At most 0.3 s.</summary>
    [Benchmark]
    public int Open_100_000_tensors()
    {
        using var checkpoint = Checkpoint.Open(path);
        return checkpoint.Tensors.Count;
    }

    /// <summary>4 MiB on one core.</summary>
    [Benchmark]
    public void Make_random_weights() => weights.Read(tensor, 0, into);
}
