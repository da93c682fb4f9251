using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Link;
using GpuLab.Probes.Memory;
using GpuLab.Running;

namespace GpuLab.Probes.Aggressors;

/// <summary>Copies by the SMs: within the memory of the device, or over the link in one direction or both.</summary>
sealed class CopyStorm : Storm
{
    /// <summary>More than this is on its way on no link: 64 KiB and more for each microsecond that a read takes there and back.</summary>
    const int LinkThreads = 4096, LinkBlocks = 64;

    /// <summary>Enough bytes in flight for memory, and portions of tens of microseconds.</summary>
    const int MemoryThreads = 512;

    readonly CopyPath[] paths;
    readonly DeviceCheck check;
    readonly int trips;
    readonly bool within;

    CopyStorm(StormGround ground, GpuGrid grid, long bytes, ulong seed, params ReadOnlySpan<Route> routes)
        : base(ground, routes.Length > 1 ? "gl_storm_both" : "gl_storm_copy", grid)
    {
        within = routes[0] == Route.Within;
        var trip = StormReference.InFlight * (Threads / routes.Length);
        trips = (int)Math.Clamp(bytes / Vector16.Size / trip, 1, int.MaxValue);
        var vectors = (long)trips * trip;
        Streams = !within || Streaming.Is(ground.Device, 2.0 * vectors * Vector16.Size);
        check = ground.Own(new DeviceCheck(ground.Session, ground.Stream));
        paths = new CopyPath[routes.Length];
        for (var i = 0; i < paths.Length; i++) paths[i] = ground.Own(new CopyPath(ground.Session, ground.Stream, routes[i], vectors, seed + (ulong)i));
    }

    /// <summary>Within the memory of the device.</summary>
    public static CopyStorm Memory(StormGround ground, long bytes, ulong seed) => new(ground, new(ground.Device.Sms, MemoryThreads), bytes, seed, Route.Within);

    public static CopyStorm Up(StormGround ground, long bytes, ulong seed) => new(ground, OverLink(ground.Device), bytes, seed, Route.Up);

    public static CopyStorm Down(StormGround ground, long bytes, ulong seed) => new(ground, OverLink(ground.Device), bytes, seed, Route.Down);

    public static CopyStorm Both(StormGround ground, long bytes, ulong seed) => new(ground, OverLink(ground.Device), bytes, seed, Route.Up, Route.Down);

    /// <summary>Memory both reads and writes what is copied; a link carries it once.</summary>
    public override double WorkOfPortion => (within ? 2.0 : 1.0) * Grid.Threads * StormReference.Accesses * Vector16.Size;

    public override Ceiling? Ceiling => within ? MemoryPeak.Of(Ground.Device) : null;

    public override SampleFlags Flags => Streams ? SampleFlags.None : SampleFlags.WrongState;

    bool Streams { get; }

    /// <summary>For tests that plant an error.</summary>
    internal CUdeviceptr Target => paths[^1].To;

    public override void Launch(uint nanoseconds, ulong work)
    {
        var n = (ulong)(paths[0].Bytes / Vector16.Size);
        if (paths.Length == 1) AtFull(nanoseconds, [paths[0].From.Address, paths[0].To.Address, n], work);
        else AtFull(nanoseconds, [paths[0].From.Address, paths[0].To.Address, paths[1].From.Address, paths[1].To.Address, n], work);
    }

    public override void Poison()
    {
        foreach (var path in paths) path.Poison(Ground.Stream);
    }

    public override bool Covers(ReadOnlySpan<uint> portions)
    {
        foreach (var portion in portions)
        {
            if ((long)portion * StormReference.Portion < trips) return false;
        }
        return true;
    }

    public override string? Wrong(ReadOnlySpan<uint> portions)
    {
        foreach (var path in paths)
        {
            if (path.Wrong(check) is { } wrong) return paths.Length == 1 ? wrong : $"{path.Route}: {wrong}";
        }
        return null;
    }

    public override void Describe(Dictionary<string, string> facts)
    {
        facts["array"] = Units.BytesText(paths[0].Bytes);
        facts["memory"] = within ? "of the device" : "of the device, and pinned of the host";
        if (within) facts["caches"] = Streaming.Text(Streams);
    }

    static GpuGrid OverLink(CudaDevice device)
    {
        var blocks = Math.Min(device.Sms, LinkBlocks);
        // Even numbers of warps, as gl_storm_both needs them.
        return new(blocks, Math.Min(1024, (LinkThreads / blocks + 63) / 64 * 64));
    }
}
