namespace GpuLab.Probes.Checkpoints;

/// <summary>Where a writer takes the bytes of tensors from. Several threads ask at once.</summary>
public interface ITensorSource
{
    /// <summary>A part of a tensor's bytes.</summary>
    /// <param name="offset">From the tensor's first byte; a multiple of the element's size, like the length of the span.</param>
    void Read(TensorSpec tensor, long offset, Span<byte> into);
}

/// <summary>The tensors of another checkpoint, as they are.</summary>
public sealed class CheckpointSource(Checkpoint checkpoint) : ITensorSource
{
    public void Read(TensorSpec tensor, long offset, Span<byte> into) => checkpoint.Read(checkpoint.Expect(tensor), offset, into);
}
