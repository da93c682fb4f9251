using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Loading;

/// <summary>Of bytes in memory of a device: marks are looked at there; for the last comparison all of it comes back.</summary>
sealed unsafe class GpuLoadCheck : LoadCheck
{
    readonly GpuMarks marks;
    readonly GpuPlace place;
    readonly Cuda.PinnedMemory stretch;

    public GpuLoadCheck(LoadFiles files, CudaSession session, GpuPlace place)
        : base(files)
    {
        this.place = place;
        stretch = new(session.Context, LoadFiles.Stretch);
        try
        {
            marks = new(session, place.Stream, place.Memory.Start, At, Marks);
        }
        catch
        {
            stretch.Dispose();
            throw;
        }
    }

    public override void Spoil() => marks.Spoil();

    public override bool IsFresh() => marks.CountWrong() == 0;

    public override void Dispose()
    {
        marks.Dispose();
        stretch.Dispose();
    }

    protected override uint Sum(in LoadChunk of)
    {
        place.Memory.CopyTo(stretch.Start, of.Length, of.Target, place.Stream);
        place.Stream.Synchronize();
        return WeightUse.Sum((byte*)stretch.Start, of.Length);
    }
}
