using GpuLab.Model;

namespace GpuLab.Sweeps;

/// <summary>How long trials take: a few constants, in seconds and bytes, to be set from measured runs.</summary>
/// <param name="Cut">Cutting the device into a layout and restoring it.</param>
/// <param name="WorkerStart">Starting one worker, until it has said hello; workers of a layout start one after another.</param>
/// <param name="Handshake">Per trial: messages, the start in the near future, draining samples, one flush to disk.</param>
/// <param name="Prepare">Per trial and slice, whatever the size: allocating, calibrating, checking the kernel.</param>
/// <param name="TouchRate">Bytes a second at which preparing fills and checks memory.</param>
/// <param name="Touched">Arrays of the size a probe is given that preparing touches.</param>
/// <param name="UsualBytes">The size that probes choose where a sweep leaves it to them.</param>
/// <param name="Region">Least time that one sample takes with what is around it.</param>
/// <param name="WorkRate">Bytes a second at which samples move memory: large arrays make long samples.</param>
/// <param name="Precision">How much longer than the least a repeat goes on until it is precise.</param>
/// <param name="Window">Least length of a phase in which several slices work.</param>
/// <param name="Around">Guards and tail around such a phase.</param>
public sealed record TimeModel(double Cut = 0.02, double WorkerStart = 0.25, double Handshake = 0.08, double Prepare = 0.03, double TouchRate = 2e9, double Touched = 2,
    double UsualBytes = 64 << 20, double Region = 250e-6, double WorkRate = 1e10, double Precision = 1.2, double Window = 0.5, double Around = 0.25)
{
    public static readonly TimeModel Default = new();

    /// <summary>What a layout costs before its first trial and after its last.</summary>
    public double Layout(int slices) => Cut + slices * WorkerStart;

    /// <summary>One repeat of a cell in which all slices do the same.</summary>
    /// <param name="slices">Slices at work: 1 for <see cref="Mode.Solo"/>.</param>
    public double Trial(ProbeInfo probe, Parameters parameters, Stopping stopping, int slices) =>
        Trial([.. Enumerable.Repeat(new Work("", probe, parameters, Role.Victim), slices)], stopping, slices == 1);

    /// <summary>One repeat of a cell.</summary>
    /// <param name="works">Of the slices that are not idle.</param>
    /// <param name="solo">Whether the only slice is measured once, rather than before, while and after others work.</param>
    public double Trial(IReadOnlyList<Work> works, Stopping stopping, bool solo)
    {
        var ready = Handshake + works.Sum(w => Prepare + Bytes(w.Probe, w.Parameters) * Touched / TouchRate) + stopping.Warmup;
        if (solo) return ready + Phase(Bytes(works[0].Probe, works[0].Parameters), stopping);
        // Alone before and alone after, one slice after another; between them all at once. What is dialled shows its own rate before.
        var alone = works.Sum(w => Phase(Bytes(w.Probe, w.Parameters), stopping) * (w.Role == Role.Victim ? 2 : w.Duty < 1 ? 1 : 0));
        var together = works.Where(w => w.Role == Role.Victim).Max(w => Phase(Bytes(w.Probe, w.Parameters), stopping));
        return ready + alone + Math.Max(together, Window) + Around;
    }

    /// <summary>One slice's timed work with the stopping rule's least time and samples.</summary>
    double Phase(double bytes, Stopping stopping)
    {
        var sample = Math.Max(Region, bytes * Touched / WorkRate);
        var enough = Math.Max(stopping.MinTime, stopping.MinSamples * sample) * Precision;
        return Math.Max(sample, Math.Min(enough, stopping.MaxTime));
    }

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
