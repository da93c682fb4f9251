namespace GpuLab.Probes.Kernels;

/// <summary>How a kernel is launched; all its dimensions but the first are one.</summary>
/// <param name="Grid">Blocks.</param>
/// <param name="Block">Threads of a block.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block.</param>
public readonly record struct KernelShape(uint Grid, uint Block, uint SharedBytes = 0);
