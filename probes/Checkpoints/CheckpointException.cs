namespace GpuLab.Probes.Checkpoints;

/// <summary>A checkpoint that cannot be read or written as asked; the message names the file and, where it is about one, the tensor.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : IOException(message, inner);
