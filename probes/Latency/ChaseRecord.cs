using System.Runtime.InteropServices;

namespace GpuLab.Probes.Latency;

/// <summary><c>gl_walk</c> of chase.cu: what one walk took, where it ended, on which SM.</summary>
/// <param name="Cycles">Of that SM's clock.</param>
/// <param name="Ns">Of the clock that all SMs share.</param>
/// <param name="End">Address of the last node.</param>
/// <param name="Taken">Blocks that came to the SM asked for; 0 where none did and nothing was walked.</param>
[StructLayout(LayoutKind.Sequential)]
readonly record struct ChaseRecord(ulong Cycles, ulong Ns, ulong End, uint Sm, uint Taken);
