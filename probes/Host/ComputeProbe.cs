using System.Collections.Concurrent;
using System.Globalization;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Multiply-adds on every core of the slice when prepared: the fastest variant, a fixed number of steps a sample.</summary>
sealed unsafe class ComputeProbe : IPreparedProbe
{
    const double SampleSeconds = 6e-3, BurstSeconds = 1e-3;
    const int Bursts = 3, CheckSteps = 1000;

    static readonly ConcurrentDictionary<(FmaVariant, string), Tuning> Known = [];

    readonly Team team;
    readonly PinnedThread pin;
    readonly ComputeWork work;
    readonly ulong seed;
    readonly Tuning tuning;

    ComputeProbe(IReadOnlyList<FmaVariant> variants, ProbeRequest request)
    {
        team = Team.For(request.Cpus);
        pin = new(request.Cpus[0]);
        seed = request.Seed;
        work = new(team.Count, seed);
        try
        {
            foreach (var variant in variants) Check(variant);
            var key = (variants[0], string.Join(',', team.Cpus));
            tuning = Known.TryGetValue(key, out var known) ? known : Known[key] = Tuned(variants);
            (work.Variant, work.Steps) = (tuning.Variant, tuning.Steps);
            Facts = new Dictionary<string, string>
            {
                ["kernel"] = tuning.Variant.ToString(),
                ["threads"] = team.Count.ToString(CultureInfo.InvariantCulture),
                ["clock_hz"] = tuning.Clock.ToString("0", CultureInfo.InvariantCulture),
                ["flop per cycle and core"] = tuning.PerCycle.ToString("0.##", CultureInfo.InvariantCulture),
            };
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    sealed record Tuning(FmaVariant Variant, long Steps, double Rate, double Clock, int Threads)
    {
        public double PerCycle => Rate / Clock / Threads;
    }

    public Ceiling? Ceiling => new(tuning.Rate, string.Create(CultureInfo.InvariantCulture,
        $"measured: fastest of {Bursts} short bursts of each variant, {tuning.PerCycle:0.##} FLOP a cycle and core at {tuning.Clock / 1e9:0.00} GHz"));

    public bool KeepsTuning => true;

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal ComputeWork Work => work;

    public static ComputeProbe Prepare(IReadOnlyList<FmaVariant> variants, ProbeRequest request) =>
        variants.Count == 0 ? throw new ProbeSkippedException("this processor has no fused multiply-add") : new(variants, request);

    public void Sample(ref SampleSink sink)
    {
        work.Start();
        var start = Monotonic.Now;
        team.Run(work);
        var end = Monotonic.Now;
        sink.AddRate(0, start, end, work.Steps, work.Flop);
    }

    /// <summary>Compares one lane of every thread, over all steps of the last sample, with the scalar reference.</summary>
    public string? Verify()
    {
        var lane = (int)(seed % (ulong)tuning.Variant.Lanes);
        var expected = tuning.Variant.Reference(lane, seed, work.Steps);
        for (var thread = 0; thread < team.Count; thread++)
        {
            if (work.Result(thread, lane) is var found && found != expected)
                return string.Create(CultureInfo.InvariantCulture, $"lane {lane} of thread {thread} is {found:R} instead of {expected:R}");
        }
        return null;
    }

    public void Dispose() => pin.Dispose();

    void Check(FmaVariant variant)
    {
        (work.Variant, work.Steps) = (variant, CheckSteps);
        work.Start();
        team.Run(work);
        for (var lane = 0; lane < variant.Lanes; lane++)
        {
            var expected = variant.Reference(lane, seed, CheckSteps);
            for (var thread = 0; thread < team.Count; thread++)
            {
                if (work.Result(thread, lane) != expected) throw new InvalidOperationException($"{variant}: lane {lane} differs from the reference.");
            }
        }
    }

    Tuning Tuned(IReadOnlyList<FmaVariant> variants)
    {
        Tuning? best = null;
        foreach (var variant in variants)
        {
            work.Variant = variant;
            work.Steps = 20_000;
            var rate = Burst();
            work.Steps = (long)(BurstSeconds * rate / variant.FlopPerStep / team.Count);
            for (var burst = 0; burst < Bursts; burst++) rate = Math.Max(rate, Burst());
            if (best is null || rate > best.Rate) best = new(variant, (long)(SampleSeconds * rate / variant.FlopPerStep / team.Count), rate, 0, team.Count);
        }
        return best! with { Clock = CoreClock.Measure((long)seed) };
    }

    double Burst()
    {
        work.Start();
        var start = Monotonic.Now;
        team.Run(work);
        return work.Flop * 1e9 / (Monotonic.Now - start);
    }
}
