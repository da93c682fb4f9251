using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;
using GpuLab.Running;

namespace GpuLab.Probes.Aggressors;

/// <summary>Loads of an array that was filled from a seed; each block leaves the exclusive or of what it read.</summary>
abstract unsafe class SummedStorm(StormGround ground, string kernel, GpuGrid grid, ulong seed) : Storm(ground, kernel, grid)
{
    readonly DeviceMemory sums = ground.Memory((long)grid.Blocks * sizeof(uint));

    protected ulong Seed => seed;

    protected ulong Sums => sums.Start.Address;

    /// <summary>Vectors that a thread comes by.</summary>
    protected abstract IEnumerable<long> Vectors(long thread, uint portions);

    public override void Poison() => sums.Fill(0xDB, Ground.Stream);

    public override string? Wrong(ReadOnlySpan<uint> portions)
    {
        var found = new uint[Grid.Blocks];
        fixed (uint* to = found) sums.CopyTo(to, sums.Bytes, 0, Ground.Stream);
        Ground.Stream.Synchronize();
        foreach (var block in Some(seed))
        {
            var expected = 0u;
            for (var thread = 0; thread < Grid.Threads; thread++) expected ^= StormReference.Folded(seed, Vectors((long)block * Grid.Threads + thread, portions[block]));
            if (found[block] != expected) return string.Create(CultureInfo.InvariantCulture, $"what block {block} read folds to {found[block]:x8} instead of {expected:x8}");
        }
        return null;
    }
}

/// <summary>Reads of what stays in the L2.</summary>
sealed class CacheStorm : SummedStorm
{
    const int ThreadsPerBlock = 512;

    readonly CUdeviceptr array;
    readonly long vectors;

    /// <param name="bytes">Null for half of the L2.</param>
    public CacheStorm(StormGround ground, double? bytes, ulong seed)
        : base(ground, "gl_storm_read", new(ground.Device.Sms, ThreadsPerBlock), seed)
    {
        var size = (long)(bytes ?? ground.Device.Attribute(CUdevice_attribute.L2CacheSize) / 2.0);
        var trip = StormReference.InFlight * (long)Threads;
        // Of an odd number of trips, since laps by twos leave the exclusive or as it was.
        vectors = Math.Max(3, (size / Vector16.Size / trip) | 1) * trip;
        array = ground.Filled(vectors, seed);
    }

    public override double WorkOfPortion => (double)Grid.Threads * StormReference.Accesses * Vector16.Size;

    public override void Launch(uint nanoseconds, ulong work) => AtFull(nanoseconds, [array.Address, (ulong)vectors], Sums, work);

    public override void Describe(Dictionary<string, string> facts)
    {
        facts["array"] = Units.BytesText(vectors * Vector16.Size);
        facts["L2"] = Pretty.Bytes(Ground.Device.Attribute(CUdevice_attribute.L2CacheSize));
    }

    protected override IEnumerable<long> Vectors(long thread, uint portions) => StormReference.Walk(thread, Threads, vectors, portions);
}

/// <summary>Loads that each need the translation of another page.</summary>
sealed class PageStorm : SummedStorm
{
    /// <summary>A thousand loads of an SM on their way, and portions of some ten microseconds.</summary>
    const int ThreadsPerBlock = 128;

    readonly CUdeviceptr array;
    readonly uint pages, span;

    /// <param name="bytes">Of all pages; null for half of what is free.</param>
    public PageStorm(StormGround ground, double? bytes, double page, ulong seed)
        : base(ground, "gl_storm_pages", new(ground.Device.Sms, ThreadsPerBlock), seed)
    {
        span = (uint)(page / Vector16.Size);
        if (!double.IsPow2(page)) throw new ProbeSkippedException($"a distance of pages of {Pretty.Bytes(page)} is no power of two");
        var count = (bytes ?? ground.Session.Context.Memory.Free / 2.0) / page;
        if (count is < 1 or > uint.MaxValue) throw new ProbeSkippedException($"there is no page of {Pretty.Bytes(page)} in {Pretty.Bytes(count * page)}");
        pages = (uint)count;
        array = ground.Filled((long)pages * span, seed);
    }

    public override double WorkOfPortion => (double)Grid.Threads * StormReference.Accesses;

    public override void Launch(uint nanoseconds, ulong work) => AtFull(nanoseconds, [array.Address, pages, span, Seed], Sums, work);

    public override void Describe(Dictionary<string, string> facts) =>
        facts["pages"] = string.Create(CultureInfo.InvariantCulture, $"{pages} of {Pretty.Bytes((double)span * Vector16.Size)}");

    protected override IEnumerable<long> Vectors(long thread, uint portions) => StormReference.Pages(Seed, thread, Threads, pages, span, portions);
}
