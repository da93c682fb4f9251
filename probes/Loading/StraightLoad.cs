using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>
/// Weights that are in memory already, in the page cache or in a block: there is nothing to wait for, so each thread of the slice brings its part
/// to its place. More threads than processors would only push each other's pieces out of the caches. The page cache is read where it lies, through a
/// mapping, while the kernel keeps the files from changing; where it does not, through calls, which need no trust in anybody.
/// </summary>
sealed unsafe class StraightLoad : TeamWork, IDisposable
{
    /// <summary>
    /// What is brought at once: large enough that calls do not matter, small enough that what the kernel copied stays in a core's cache until it is copied
    /// on past the caches. Copied to its place by the kernel, every line of the place would be read from memory only to be overwritten.
    /// </summary>
    const int Piece = 256 << 10;

    readonly LoadFiles files;
    readonly HostPlace place;
    readonly byte* source;
    readonly int[]? descriptors;
    readonly PinnedMemory? buffers;
    readonly HeldFiles? mappings;
    readonly LoadChunk[] pieces;
    bool mapped;
    string? wrong;

    /// <summary>From the page cache.</summary>
    /// <param name="descriptors">Of the files, in their order.</param>
    public StraightLoad(LoadFiles files, int[] descriptors, HostPlace place)
        : this(files, (byte*)null, place)
    {
        this.descriptors = descriptors;
        buffers = new((long)place.Copiers * Piece);
        mappings = new(files, descriptors);
    }

    /// <summary>From memory.</summary>
    public StraightLoad(LoadFiles files, byte* source, HostPlace place)
    {
        (this.files, this.place, pieces) = (files, place, files.Chunks(Piece));
        this.source = source;
    }

    /// <summary>Whether the last load read the page cache where it lies.</summary>
    public bool Mapped => mapped;

    /// <summary>Loads everything once. Does not allocate.</summary>
    /// <exception cref="CheckpointException">A file could not be read to the end that it had.</exception>
    public LoadTimes Load()
    {
        wrong = null;
        var start = Monotonic.Now;
        mapped = mappings?.TryHold() == true;
        place.Team.Run(this);
        var end = Monotonic.Now;
        mappings?.Release();
        return wrong is null ? new(start, descriptors is null ? start : end, end) : throw new CheckpointException(wrong);
    }

    public override void Run(int thread)
    {
        var end = (int)((long)pieces.Length * (thread + 1) / place.Copiers);
        for (var i = (int)((long)pieces.Length * thread / place.Copiers); i < end; i++)
        {
            ref readonly var piece = ref pieces[i];
            var from = descriptors is null ? source + piece.Target : mapped ? mappings!.At(piece) : null;
            if (from is null && (from = Fetch(piece, thread)) is null) return;
            HostPlace.Place(from, place.Memory + piece.Target, piece.Length);
        }
    }

    public void Dispose()
    {
        mappings?.Dispose();
        buffers?.Dispose();
    }

    /// <returns>The piece in the thread's own buffer; null where the load has failed.</returns>
    byte* Fetch(in LoadChunk piece, int thread)
    {
        var into = buffers!.Start + (long)thread * Piece;
        var got = LoadFiles.Read(descriptors![piece.File], piece, into);
        if (got >= piece.Length) return into;
        wrong = files.Reason(piece, got);
        return null;
    }
}
