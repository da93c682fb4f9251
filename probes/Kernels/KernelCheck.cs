namespace GpuLab.Probes.Kernels;

/// <summary>Some kernels against a reference that shares no code with them.</summary>
/// <param name="Name">Such as <c>stream.triad</c>.</param>
/// <param name="Kernels">Entries whose results it compares.</param>
/// <param name="Run">Runs them on data made from a seed; null when right, else what is wrong.</param>
/// <param name="Module">Where the entries are: one of <see cref="KernelModules"/>.</param>
public sealed record KernelCheck(string Name, IReadOnlyList<string> Kernels, Func<IKernelRunner, ulong, string?> Run, string Module = KernelModules.Common);
