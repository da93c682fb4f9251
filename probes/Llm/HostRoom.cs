using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>Whether a model fits a slice of the host: its part of the memory that is available, by its part of the processors.</summary>
static class HostRoom
{
    /// <summary>Part of a slice's memory that a probe may take; the rest is for programs and the page cache.</summary>
    const double Most = 0.75;

    /// <summary>Refuses before anything is allocated.</summary>
    /// <param name="what">For the reader.</param>
    /// <param name="parts">What takes how many bytes.</param>
    /// <exception cref="ProbeSkippedException">It does not fit.</exception>
    public static void Demand(string what, int cpus, params ReadOnlySpan<(string Name, long Bytes)> parts)
    {
        var available = (MemoryRoom.Available() + HostMemory.Pooled) * Math.Min(1, (double)cpus / Environment.ProcessorCount);
        var needed = 0L;
        foreach (var part in parts) needed += part.Bytes;
        if (needed <= Most * available) return;
        var texts = new List<string>();
        foreach (var (name, bytes) in parts) texts.Add($"{Pretty.Bytes(bytes)} {name}");
        throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture,
            $"{what} needs {Pretty.Bytes(needed)} ({string.Join(", ", texts)}), more than {Most:0%} of the {Pretty.Bytes(available)} of memory that {cpus} of {Environment.ProcessorCount} processors have as their part"));
    }
}
