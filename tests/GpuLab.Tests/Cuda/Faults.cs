using GpuLab.Probes.Cuda;

namespace GpuLab.Tests.Cuda;

/// <summary>
/// Which calls of libcuda are made to fail, and how: every status at each of some places. All of that takes long, so with every change each place
/// meets one status and each status some places; <c>scripts/cuda-fault-test</c> has the product.
/// </summary>
static class Faults
{
    /// <summary>The driver is started once in a process, so only <see cref="GpuFaultRunTests"/> can make these fail.</summary>
    public static IReadOnlyList<string> Once { get; } = ["cuInit", "cuDriverGetVersion"];

    /// <summary>Polled until something has happened: how often differs from one moment to the next.</summary>
    static readonly string[] polled = ["cuEventQuery", "cuStreamQuery"];

    public static IReadOnlyList<int> Codes { get; } = [.. Enum.GetValues<CUresult>().Where(c => c != CUresult.Success).Select(c => (int)c)];

    /// <summary>Whether the whole product was asked for.</summary>
    public static bool All => Environment.GetEnvironmentVariable("GPULAB_ALL_FAULTS") is { Length: > 0 };

    /// <summary>Of each call its first, and one in the middle of its life.</summary>
    /// <param name="calls">As an undisturbed life made them.</param>
    public static IReadOnlyList<(string Call, int Nth)> Places(IEnumerable<string> calls) =>
        [.. calls.Where(c => !Once.Contains(c)).CountBy(c => c).SelectMany(c => (polled.Contains(c.Key) ? [1] : new[] { 1, (c.Value + 1) / 2 }).Distinct().Select(nth => (c.Key, nth)))];

    /// <summary>The places at which a status is tried.</summary>
    public static IEnumerable<(string Call, int Nth)> For(int code, IReadOnlyList<(string Call, int Nth)> places) =>
        places.Where((_, i) => All || i % Codes.Count == Codes.ToList().IndexOf(code));
}
