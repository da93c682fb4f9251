using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes;

/// <summary>Every probe there is: one line each. A test fails when a class that carries a probe out is missing here.</summary>
public static class Catalogue
{
    static readonly IProbe[] OnHost =
    [
        new MemRead(),
        new MemWrite(),
        new MemCopy(),
        new MemTriad(),
        new MemCurve(),
        new LatChase(),
        new ComputeFp64(),
        new ComputeFp32(),
        new LoadFile(),
        new LaunchSync(),
    ];

    /// <summary>Metadata of every probe, in the order in which lists show them; the same on every device.</summary>
    public static IReadOnlyList<ProbeInfo> Probes { get; } = [.. OnHost.Select(p => p.Info)];

    /// <summary>What carries a probe out on a kind of device; null where that device has no such probe or the id is unknown.</summary>
    public static IProbe? For(DeviceKind kind, string id) => kind switch
    {
        DeviceKind.Host => Array.Find(OnHost, p => p.Info.Id == id),
        _ => null,
    };
}
