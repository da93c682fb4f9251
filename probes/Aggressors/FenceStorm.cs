using System.Globalization;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Aggressors;

/// <summary>Memory barriers of the whole system: each thread counts its own in memory.</summary>
sealed unsafe class FenceStorm(StormGround ground, ulong seed) : Storm(ground, "gl_storm_fence", new(ground.Device.Sms, ThreadsPerBlock))
{
    const int ThreadsPerBlock = 256;

    readonly DeviceMemory counts = ground.Memory((long)ground.Device.Sms * ThreadsPerBlock * sizeof(uint));

    public override double WorkOfPortion => (double)Grid.Threads * StormReference.Portion;

    public override void Launch(uint nanoseconds, ulong work) => AtFull(nanoseconds, [counts.Start.Address], work);

    public override void Poison() => counts.Fill(0xDB, Ground.Stream);

    /// <summary>All threads of some blocks.</summary>
    public override string? Wrong(ReadOnlySpan<uint> portions)
    {
        var found = new uint[Grid.Threads];
        foreach (var block in Some(seed))
        {
            fixed (uint* to = found) counts.CopyTo(to, found.Length * sizeof(uint), (long)block * found.Length * sizeof(uint), Ground.Stream);
            Ground.Stream.Synchronize();
            var wrong = found.AsSpan().IndexOfAnyExcept(portions[block] * StormReference.Portion);
            if (wrong >= 0) return string.Create(CultureInfo.InvariantCulture, $"thread {wrong} of block {block} counted {found[wrong]} barriers instead of {portions[block] * StormReference.Portion}");
        }
        return null;
    }
}
