using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;

namespace GpuLab.Probes.Loading;

/// <summary>
/// Memory of the slice that weights are loaded into, and the proof that they were: a byte of every stretch is spoilt before each load and must be
/// right after it; after the last one every byte counts.
/// </summary>
sealed unsafe class LoadTarget : IDisposable
{
    readonly LoadFiles files;
    readonly HostBlock block;

    /// <summary>Of every stretch: its checksum, and a byte somewhere in it.</summary>
    readonly uint[] sums;
    readonly byte[] marks;
    readonly long[] at;

    /// <summary>Takes the memory, touches it on the slice's threads, and reads the files once to know what is right.</summary>
    public LoadTarget(LoadFiles files, IReadOnlyList<int> cpus, Team team)
    {
        this.files = files;
        block = HostMemory.Rent(files.Room, cpus, "weights");
        var chunks = files.Chunks(LoadFiles.Stretch);
        (sums, marks, at) = (new uint[chunks.Length], new byte[chunks.Length], new long[chunks.Length]);
        try
        {
            team.Run(new Touch(block.Start, files.Room, team.Count));
            Learn(chunks);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    public byte* Start => block.Start;

    /// <summary>Makes every stretch wrong in one byte.</summary>
    public void Spoil()
    {
        for (var i = 0; i < at.Length; i++) block.Start[at[i]] = (byte)~marks[i];
    }

    /// <summary>Whether every stretch was written since.</summary>
    public bool IsFresh()
    {
        for (var i = 0; i < at.Length; i++)
        {
            if (block.Start[at[i]] != marks[i]) return false;
        }
        return true;
    }

    /// <summary>Compares every byte with what the files held; null when all are right.</summary>
    public string? Wrong()
    {
        for (var (i, chunks) = (0, files.Chunks(LoadFiles.Stretch)); i < chunks.Length; i++)
        {
            if (WeightUse.Sum(block.Start + chunks[i].Target, chunks[i].Length) != sums[i])
                return string.Create(CultureInfo.InvariantCulture, $"'{files.PathOf(chunks[i].File)}': the {Units.BytesText(chunks[i].Length)} from byte {chunks[i].Offset} on were loaded wrong");
        }
        return null;
    }

    public void Dispose() => block.Dispose();

    void Learn(LoadChunk[] chunks)
    {
        var opened = new CheckpointFile?[files.Count];
        var buffer = new byte[LoadFiles.Stretch];
        try
        {
            for (var i = 0; i < chunks.Length; i++)
            {
                var chunk = chunks[i];
                (opened[chunk.File] ??= new(files.PathOf(chunk.File))).Read(chunk.Offset, buffer.AsSpan(0, chunk.Length));
                var mark = (int)(i * 7919L % chunk.Length);
                (at[i], marks[i]) = (chunk.Target + mark, buffer[mark]);
                fixed (byte* read = buffer) sums[i] = WeightUse.Sum(read, chunk.Length);
            }
        }
        finally
        {
            foreach (var file in opened) file?.Dispose();
        }
    }

    /// <summary>The first touch places pages where the threads run.</summary>
    internal sealed class Touch(byte* start, long length, int threads) : TeamWork
    {
        public override void Run(int thread)
        {
            for (var page = length / LoadFiles.Page * thread / threads; page < length / LoadFiles.Page * (thread + 1) / threads; page++) start[page * LoadFiles.Page] = 0;
        }
    }
}
