using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Loading;

/// <summary>
/// Whether loaded bytes are right. One byte of every stretch is spoilt before each load and must be right after it; after the last one every
/// byte counts. What is right is learnt from the files by themselves.
/// </summary>
abstract class LoadCheck : IDisposable
{
    readonly LoadFiles files;
    readonly LoadChunk[] stretches;
    readonly uint[] sums;

    /// <summary>Reads the files once.</summary>
    /// <exception cref="CheckpointException">They cannot be read.</exception>
    protected LoadCheck(LoadFiles files)
    {
        this.files = files;
        stretches = files.Chunks(LoadFiles.Stretch);
        (sums, Marks, At) = (new uint[stretches.Length], new byte[stretches.Length], new long[stretches.Length]);
        Learn();
    }

    /// <summary>Of each stretch one byte, and where it lies from the beginning of the memory.</summary>
    protected byte[] Marks { get; }

    protected long[] At { get; }

    /// <summary>Makes every stretch wrong in one byte. Does not allocate.</summary>
    public abstract void Spoil();

    /// <summary>Whether every stretch was written since. Does not allocate.</summary>
    public abstract bool IsFresh();

    /// <summary>Compares every byte with what the files held; null when all are right.</summary>
    public string? Wrong()
    {
        for (var i = 0; i < stretches.Length; i++)
        {
            if (Sum(stretches[i]) != sums[i])
                return string.Create(CultureInfo.InvariantCulture, $"'{files.PathOf(stretches[i].File)}': the {Units.BytesText(stretches[i].Length)} from byte {stretches[i].Offset} on were loaded wrong");
        }
        return null;
    }

    public abstract void Dispose();

    /// <summary>The checksum of a stretch as it lies in the memory.</summary>
    protected abstract uint Sum(in LoadChunk stretch);

    unsafe void Learn()
    {
        var opened = new CheckpointFile?[files.Count];
        var buffer = new byte[LoadFiles.Stretch];
        try
        {
            for (var i = 0; i < stretches.Length; i++)
            {
                var chunk = stretches[i];
                (opened[chunk.File] ??= new(files.PathOf(chunk.File))).Read(chunk.Offset, buffer.AsSpan(0, chunk.Length));
                var mark = (int)(i * 7919L % chunk.Length);
                (At[i], Marks[i]) = (chunk.Target + mark, buffer[mark]);
                fixed (byte* read = buffer) sums[i] = WeightUse.Sum(read, chunk.Length);
            }
        }
        finally
        {
            foreach (var file in opened) file?.Dispose();
        }
    }
}

/// <summary>Of bytes in memory of the host.</summary>
sealed unsafe class HostLoadCheck(LoadFiles files, byte* memory) : LoadCheck(files)
{
    public override void Spoil()
    {
        for (var i = 0; i < At.Length; i++) memory[At[i]] = (byte)~Marks[i];
    }

    public override bool IsFresh()
    {
        for (var i = 0; i < At.Length; i++)
        {
            if (memory[At[i]] != Marks[i]) return false;
        }
        return true;
    }

    public override void Dispose()
    {
    }

    protected override uint Sum(in LoadChunk stretch) => WeightUse.Sum(memory + stretch.Target, stretch.Length);
}
