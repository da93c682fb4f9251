using System.Runtime.InteropServices;

namespace GpuLab.Probes.Trace;

/// <summary><c>gl_block_record</c> of blocks.cu: where one block ran, and from when to when on the clock that all SMs share.</summary>
/// <param name="Start">Nanoseconds.</param>
/// <param name="End">Nanoseconds.</param>
/// <param name="Work">Exclusive or of what its threads computed.</param>
[StructLayout(LayoutKind.Sequential)]
readonly record struct BlockRecord(ulong Start, ulong End, uint Sm, uint Work);
