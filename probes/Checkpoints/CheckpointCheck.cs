using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GpuLab.Probes.Checkpoints;

/// <summary>What a checkpoint's bytes are, and whether they are what they should be.</summary>
public static class CheckpointCheck
{
    const int Piece = 4 << 20;

    /// <summary>
    /// SHA-256 over the names, forms and contents of all tensors in the order of their names: the same for the same tensors in any format and any number of files.
    /// </summary>
    /// <param name="progress">Told the bytes read so far and those of all tensors, from any thread.</param>
    /// <exception cref="CheckpointException">A file cannot be read to its end.</exception>
    public static string Fingerprint(Checkpoint checkpoint, Action<long, long>? progress = null, CancellationToken cancel = default)
    {
        var tensors = checkpoint.Tensors.OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
        var hashes = new byte[tensors.Length][];
        var (done, total) = (0L, checkpoint.Bytes);
        Each(tensors.Length, (i, buffer) =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (long at = 0; at < tensors[i].Bytes; at += Piece)
            {
                cancel.ThrowIfCancellationRequested();
                var bytes = buffer.AsSpan(0, (int)Math.Min(Piece, tensors[i].Bytes - at));
                checkpoint.Read(tensors[i], at, bytes);
                hash.AppendData(bytes);
                progress?.Invoke(Interlocked.Add(ref done, bytes.Length), total);
            }
            hashes[i] = hash.GetHashAndReset();
        }, cancel);
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < tensors.Length; i++)
        {
            // Lengths keep a name from running into what follows it.
            Append(tensors[i].Name);
            Append(tensors[i].Form);
            all.AppendData(hashes[i]);
        }
        return Convert.ToHexStringLower(all.GetHashAndReset());

        void Append(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            all.AppendData(length);
            all.AppendData(bytes);
        }
    }

    /// <summary>Tensors that are missing, of another type or shape, or not part of what is expected: a sentence each.</summary>
    /// <param name="type">Null where any type will do.</param>
    public static IReadOnlyList<string> Differences(Checkpoint checkpoint, ModelShape shape, TensorType? type = null)
    {
        var wrong = new List<string>();
        var expected = shape.Tensors(type ?? TensorType.BF16).ToDictionary(t => t.Name);
        foreach (var wanted in expected.Values)
        {
            if (!checkpoint.TryGet(wanted.Name, out var found)) wrong.Add($"tensor '{wanted.Name}' is missing: {shape.Name} has {wanted.Form}");
            else if (!found.Shape.SequenceEqual(wanted.Shape) || type is not null && found.Type != type) wrong.Add($"tensor '{wanted.Name}' is {found.Form}, and in {shape.Name} it is {wanted.Form}");
        }
        wrong.AddRange(checkpoint.Tensors.Where(t => !expected.ContainsKey(t.Name)).Select(t => $"tensor '{t.Name}' ({t.Form}) is no part of {shape.Name}"));
        return wrong;
    }

    /// <summary>Compares every byte with what a source gives: a sentence for the first difference of each tensor.</summary>
    /// <exception cref="CheckpointException">A file cannot be read to its end.</exception>
    public static IReadOnlyList<string> Differences(Checkpoint checkpoint, ITensorSource expected, Action<long, long>? progress = null, CancellationToken cancel = default)
    {
        var tensors = checkpoint.Tensors;
        var found = new string?[tensors.Count];
        var (done, total) = (0L, checkpoint.Bytes);
        Each(tensors.Count, (i, buffer) =>
        {
            var wanted = new byte[Math.Min(Piece, tensors[i].Bytes)];
            for (long at = 0; at < tensors[i].Bytes && found[i] is null; at += Piece)
            {
                cancel.ThrowIfCancellationRequested();
                var bytes = buffer.AsSpan(0, (int)Math.Min(Piece, tensors[i].Bytes - at));
                checkpoint.Read(tensors[i], at, bytes);
                expected.Read(tensors[i], at, wanted.AsSpan(0, bytes.Length));
                var same = bytes.CommonPrefixLength(wanted.AsSpan(0, bytes.Length));
                if (same < bytes.Length) found[i] = string.Create(CultureInfo.InvariantCulture, $"tensor '{tensors[i].Name}' differs from byte {at + same} on: {bytes[same]:x2} instead of {wanted[same]:x2}");
                progress?.Invoke(Interlocked.Add(ref done, bytes.Length), total);
            }
        }, cancel);
        return [.. found.OfType<string>()];
    }

    static void Each(int count, Action<int, byte[]> work, CancellationToken cancel)
    {
        try
        {
            var loop = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount };
            Parallel.For(0, count, loop, () => new byte[Piece], (i, _, buffer) =>
            {
                work(i, buffer);
                return buffer;
            }, _ => { });
        }
        catch (AggregateException several)
        {
            throw several.InnerExceptions.FirstOrDefault(e => e is CheckpointException) ?? several.InnerExceptions[0];
        }
    }
}
