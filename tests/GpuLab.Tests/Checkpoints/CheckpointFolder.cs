using System.Buffers.Binary;
using System.Text;
using GpuLab.Probes.Checkpoints;

namespace GpuLab.Tests.Checkpoints;

/// <summary>A folder for checkpoints, and ways to write them that no writer would.</summary>
sealed class CheckpointFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gpulab-checkpoint").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a safetensors file as told, whether or not it makes sense.</summary>
    /// <param name="data">Bytes behind the header.</param>
    /// <param name="length">Said of the header; null for the truth.</param>
    public string Safetensors(string header, int data, ulong? length = null, string name = "model.safetensors")
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length ?? (ulong)json.Length);
        json.CopyTo(bytes, 8);
        for (var i = 0; i < data; i++) bytes[8 + json.Length + i] = (byte)(i * 7 + 1);
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    /// <summary>Writes an sllm-store folder as told.</summary>
    public string Sllm(string index, params int[] data)
    {
        File.WriteAllText(At("tensor_index.json"), index);
        for (var k = 0; k < data.Length; k++) File.WriteAllBytes(At($"tensor.data_{k}"), [.. Enumerable.Range(0, data[k]).Select(i => (byte)(i * 7 + 1 + k))]);
        return Path;
    }

    public static byte[] BytesOf(Checkpoint checkpoint, string tensor)
    {
        var bytes = new byte[checkpoint[tensor].Bytes];
        checkpoint.Read(checkpoint[tensor], 0, bytes);
        return bytes;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Bytes that say where they belong.</summary>
sealed class NumberedBytes : ITensorSource
{
    public void Read(TensorSpec tensor, long offset, Span<byte> into)
    {
        for (var i = 0; i < into.Length; i++) into[i] = At(tensor.Name, offset + i);
    }

    public static byte At(string name, long index) => (byte)(name.Length * 31 + name[^1] + index * 131 + (index >> 8));
}
