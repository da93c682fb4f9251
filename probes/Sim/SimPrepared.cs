using System.Diagnostics;
using System.Globalization;
using GpuLab.Running;
using GpuLab.Simulation;

namespace GpuLab.Probes.Sim;

/// <summary>A predicted probe on one slice: one virtual sample after the other, a function of the trial's seed, the slice, the phase and the index.</summary>
sealed class SimPrepared : IVirtualProbe
{
    /// <summary>From the end of a sample to the start of the next, nanoseconds.</summary>
    const long Gap = 500;

    /// <summary>Step of a worker that has stopped taking samples, nanoseconds.</summary>
    const long Idle = 1_000_000;

    /// <summary>Latest start of a worker after the deadline, nanoseconds.</summary>
    const double Skew = 20_000;

    /// <summary>Relative deviation of repeats, and of phases within one, where nothing is planted.</summary>
    const double Between = 0.0005, Phases = 0.0002;

    readonly SimGpu gpu;
    readonly SimSlice slice;
    readonly ISimModel model;
    readonly SimWork work;
    readonly ProbeRequest request;
    readonly Plant plant;
    readonly PlantedEffect[] effects;
    readonly HashNoise noise;
    readonly double?[] numbers;
    readonly HashNoise[] scatter;
    readonly double within, phases, steady;

    HashNoise jitter;
    PlantedTiming timing;
    double region;
    long began, start, index, period;

    public SimPrepared(SimGpu gpu, SimSlice slice, ISimModel model, SimWork work, ProbeRequest request, Plant plant)
    {
        (this.gpu, this.slice, this.model, this.work, this.request, this.plant) = (gpu, slice, model, work, request, plant);
        effects = [.. plant.Effects.Where(e => e.Where.Holds(slice.Name, model.Info, request.Repeat))];
        noise = new(request.Seed, slice.Name);
        var planted = effects.OfType<PlantedEffect.Noise>().ToArray();
        within = planted.LastOrDefault(n => n.Within is not null)?.Within ?? work.Noise;
        phases = planted.LastOrDefault(n => n.Phases is not null)?.Phases ?? Phases;
        var slowest = effects.OfType<PlantedEffect.BadSm>().Aggregate(1.0, (all, bad) => all * bad.To);
        scatter = [.. work.Outputs.Select((_, i) => noise.For(string.Create(CultureInfo.InvariantCulture, $"output {i}")))];
        numbers = [.. work.Outputs.Select(o => o.Number?.Invoke(slowest))];
        var between = planted.LastOrDefault(n => n.Between is not null)?.Between ?? Between;
        steady = Math.Exp(between * noise.For("repeat").Normal(0)) * Permanent();
        timing = Timing([]);
    }

    public Ceiling? Ceiling => work.Ceiling;

    public IReadOnlyDictionary<string, string> Facts => new Dictionary<string, string>(work.Facts) { ["simulated"] = "predicted, not measured" };

    public long Now { get; private set; }

    public void Begin(VirtualPhase phase)
    {
        timing = Timing(phase.Beside);
        jitter = noise.For(phase.Phase.ToString());
        start = phase.Start;
        if (began == 0) began = start;
        (index, period) = (0, phase.PeriodNs);
        region = work.Seconds * work.Operations * 1e9 * steady * Beside(phase.Beside) * Math.Exp(phases * jitter.For("phase").Normal(0));
        Now = start + (long)(Skew * jitter.For("skew").Uniform(0) + timing.Late * 1e9);
    }

    public void Sample(ref SampleSink sink)
    {
        var since = (Now - start) * 1e-9;
        if (since >= timing.DiesAfter) Die();
        if (since >= timing.HangsAfter)
        {
            Thread.Sleep(1);
            return;
        }
        if (since >= timing.StopsAfter)
        {
            Now += Idle;
            return;
        }
        var factor = timing.Factor((Now - began) * 1e-9, since, index, out var throttled) * Math.Exp(within * jitter.Normal(index));
        var (from, to) = (Now, Now + Math.Max(1, (long)Math.Round(region * factor)));
        Now = Math.Max(to + Gap, from + period);
        index++;
        if (timing.Clock is { } clock) (from, to) = Shown(clock, from, to);
        var flags = throttled ? SampleFlags.SlowClock : SampleFlags.None;
        var seconds = (to - from) * 1e-9;
        for (var i = 0; i < work.Outputs.Count; i++)
        {
            if (work.Outputs[i] == SimOutput.None) continue;
            var amount = work.Outputs[i].Amount * work.Operations;
            var value = numbers[i] is not { } number ? work.Outputs[i].IsRate ? amount / seconds : seconds / amount
                : work.Outputs[i].Exact ? number : number * Math.Exp(within * scatter[i].Normal(index));
            // What is not known is left out.
            if (!double.IsNaN(value)) sink.Add(i, from, to, work.Operations, value, flags);
        }
    }

    public string? Verify() => null;

    public void Dispose()
    {
    }

    PlantedTiming Timing(IReadOnlyList<Neighbour> beside) => new(effects, noise, request.Repeat, coupling => beside.Where(b => SimModels.Find(b.Probe) is { } m && coupling.Aggressor.Holds(b.Slice, m.Info, request.Repeat)).Select(b => b.Duty).DefaultIfEmpty(0).Max());

    /// <summary>What is wrong with the hardware, whoever works beside.</summary>
    double Permanent()
    {
        var factor = 1.0;
        foreach (var effect in effects)
        {
            if (effect is PlantedEffect.SlowLink slow && work.Load is not { Up: 0, Down: 0 }) factor /= slow.To;
            if (effect is PlantedEffect.SlowDisk disk) factor *= Math.Max(1, work.Load.Disk / disk.To);
            if (effect is PlantedEffect.BadSm bad && work.SlowSm is { } slower) factor *= slower(bad.To);
        }
        return factor;
    }

    /// <summary>How much longer everything takes because of those beside it; each worker works it out for itself from the plan.</summary>
    double Beside(IReadOnlyList<Neighbour> beside)
    {
        if (beside.Count == 0) return 1;
        (SimSlice Slice, SimLoad Load, double Weight)[] others = [.. beside.Select(Other)];
        var weight = Weight(slice.Name, model);
        Contention.Taker[] Takers(Func<SimLoad, double> of) => [.. others.Select(o => new Contention.Taker(of(o.Load), o.Weight))];
        var both = (work.Load.Up > 0 || others.Any(o => o.Load.Up > 0)) && (work.Load.Down > 0 || others.Any(o => o.Load.Down > 0));
        var link = both ? gpu.Traits.LinkBoth : 1;
        var disk = effects.OfType<PlantedEffect.SlowDisk>().Select(e => e.To).DefaultIfEmpty(1).Min();
        double[] longer =
        [
            Contention.Shared(new(work.Load.Up, weight), Takers(l => l.Up), link),
            Contention.Shared(new(work.Load.Down, weight), Takers(l => l.Down), link),
            Contention.Shared(new(work.Load.Memory, 1), [.. others.Where(o => o.Slice.Instance == slice.Instance).Select(o => new Contention.Taker(o.Load.Memory, 1))], 1),
            Contention.Shared(new(Math.Min(work.Load.Disk, disk), 1), Takers(l => Math.Min(l.Disk, disk)), disk),
            Contention.Shared(new(work.Load.Host, 1), Takers(l => l.Host), 1),
            Contention.Power(work.Load.Power, work.Load.Power + others.Sum(o => o.Load.Power)),
        ];
        return longer.Max();
    }

    (SimSlice, SimLoad, double) Other(Neighbour neighbour)
    {
        var other = gpu.Slice(neighbour.Slice, request.Team);
        return SimModels.Find(neighbour.Probe) is { } m ? (other, m.Predict(gpu, other, neighbour.Parameters).Load.At(neighbour.Duty), Weight(neighbour.Slice, m)) : (other, default, 1);
    }

    double Weight(string name, ISimModel of) =>
        plant.Effects.OfType<PlantedEffect.UnfairLink>().Where(e => e.Where.Holds(name, of.Info, request.Repeat)).Select(e => e.Weight).DefaultIfEmpty(1).Last();

    /// <summary>A wrong clock shows the sample at another time, and perhaps shorter than it was.</summary>
    (long, long) Shown(PlantedEffect.Clock clock, long from, long to)
    {
        var shown = from + (long)(clock.Offset * 1e9 + clock.Fast * (from - began));
        return (shown, shown + Math.Max(1, (long)Math.Round((to - from) * (1 + clock.Fast) * (1 - clock.Lie))));
    }

    /// <summary>As a worker does that the kernel ends: no word, no cleaning up.</summary>
    void Die()
    {
        if (!request.OwnProcess) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"the worker on {slice.Name} died"));
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
