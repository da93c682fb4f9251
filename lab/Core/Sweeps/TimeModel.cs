using GpuLab.Model;

namespace GpuLab.Sweeps;

/// <summary>
/// How long trials take: a few constants, in seconds and bytes, set from quickstart runs on a host. A noisy machine takes longer,
/// up to the most time that each repeat may take.
/// </summary>
/// <param name="Cut">Cutting the device into a layout and restoring it.</param>
/// <param name="WorkerStart">Starting the workers of a layout, which start together.</param>
/// <param name="Handshake">Per trial: messages, the start in the near future, draining samples, one flush to disk.</param>
/// <param name="Prepare">Per trial and slice, whatever the size: calibrating, checking the kernel.</param>
/// <param name="TouchRate">Bytes a second at which preparing fills and checks memory that is used again.</param>
/// <param name="UsualBytes">The size that probes choose where a sweep leaves it to them.</param>
/// <param name="Sample">One sample, where a probe can choose: bandwidth probes walk their arrays in segments of this length.</param>
/// <param name="Precision">How much longer than the least a repeat goes on until it is precise.</param>
/// <param name="Around">Guards and tail around a phase in which several slices work, and the looks that it takes.</param>
public sealed record TimeModel(double Cut = 0.02, double WorkerStart = 0.15, double Handshake = 0.012, double Prepare = 0.01, double TouchRate = 2e10,
    double UsualBytes = 64 << 20, double Sample = 0.007, double Precision = 1.4, double Around = 0.3)
{
    public static readonly TimeModel Default = new();

    /// <summary>What a layout costs before its first trial and after its last.</summary>
    public double Layout(int slices) => Cut + WorkerStart * Math.Sqrt(slices);

    /// <summary>One repeat of a cell in which all slices do the same.</summary>
    /// <param name="slices">Slices at work: 1 for <see cref="Mode.Solo"/>.</param>
    public double Trial(ProbeInfo probe, Parameters parameters, Stopping stopping, int slices) =>
        Trial([.. Enumerable.Repeat(new Work("", probe, parameters, Role.Victim), slices)], stopping, slices == 1);

    /// <summary>One repeat of a cell.</summary>
    /// <param name="works">Of the slices that are not idle.</param>
    /// <param name="solo">Whether all that works is measured once, rather than before, while and after others work.</param>
    public double Trial(IReadOnlyList<Work> works, Stopping stopping, bool solo) => Trial(works, stopping, solo, w => Phase(w, stopping));

    /// <summary>One repeat of a cell on a machine so noisy that no phase gets as precise as asked.</summary>
    /// <inheritdoc cref="Trial(IReadOnlyList{Work}, Stopping, bool)"/>
    public double MostOfTrial(IReadOnlyList<Work> works, Stopping stopping, bool solo) => Trial(works, stopping, solo, w => w.Probe.Slow is null ? stopping.MaxTime : Phase(w, stopping));

    double Trial(IReadOnlyList<Work> works, Stopping stopping, bool solo, Func<Work, double> phase)
    {
        var ready = Handshake + works.Sum(w => Prepare + Bytes(w.Probe, w.Parameters) / TouchRate) + stopping.WarmupOf(works);
        if (solo) return ready + works.Max(phase);
        // Alone before and alone after are half a phase each, one slice after another; between them all at once. What is dialled shows its own rate before.
        return ready + works.Sum(w => (w.Role == Role.Victim ? 1 : w.Duty < 1 ? 0.5 : 0) * phase(w)) + works.Max(phase) + Around;
    }

    /// <summary>One slice's timed work with the stopping rule's least time and samples.</summary>
    double Phase(Work work, Stopping stopping) => work.Probe.Slow is { } slow ? stopping.SlowCount(slow) * slow.Seconds
        : Math.Min(stopping.MaxTime, Precision * Math.Max(stopping.MinTime, stopping.MinSamples * Sample));

    double Bytes(ProbeInfo probe, Parameters parameters)
    {
        var sum = 0.0;
        foreach (var parameter in probe.Parameters)
        {
            if (parameter.Type == ParameterType.Bytes) sum = Math.Max(sum, parameters[parameter.Name]?.Number ?? UsualBytes);
        }
        return sum;
    }
}
