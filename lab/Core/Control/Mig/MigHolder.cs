namespace GpuLab.Control.Mig;

/// <summary>A process that uses a GPU or one of its instances.</summary>
/// <param name="GpuInstance">Null where it holds the GPU itself, or the driver does not say.</param>
public readonly record struct MigHolder(int Pid, int? GpuInstance = null, int? ComputeInstance = null);
