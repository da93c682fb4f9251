using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using static GpuLab.Control.Nvml.Nvml;

namespace GpuLab.Control.Health;

/// <summary>The state of a GPU as far as it bears on figures; what the driver does not answer is null.</summary>
/// <param name="Name">How messages call it, such as <c>gpu:0</c>.</param>
/// <param name="Product">The driver's name for it.</param>
/// <param name="Pci"><c>00000000:01:00.0</c></param>
public sealed record GpuHealth(string Name, string Product, string? Pci)
{
    const int SmDomain = 1, MemoryDomain = 2, CoreSensor = 0, Corrected = 0, Uncorrected = 1;

    public (uint Now, uint Most)? LinkGeneration { get; init; }

    /// <summary>Lanes.</summary>
    public (uint Now, uint Most)? LinkWidth { get; init; }

    /// <summary>Packets sent again since the driver was loaded.</summary>
    public uint? LinkReplays { get; init; }

    public ClockReason? ClockReasons { get; init; }

    /// <summary>MHz.</summary>
    public (uint Now, uint Most)? SmClock { get; init; }

    /// <summary>MHz.</summary>
    public (uint Now, uint Most)? MemoryClock { get; init; }

    /// <summary>Watts: the limit in force and the product's own.</summary>
    public (double Now, double Usual)? PowerLimit { get; init; }

    /// <summary>Degrees Celsius.</summary>
    public uint? Temperature { get; init; }

    public bool? Persistent { get; init; }

    public ComputeMode? ComputeMode { get; init; }

    public (bool Current, bool Pending)? Ecc { get; init; }

    /// <summary>Since the driver was loaded.</summary>
    public ulong? EccUncorrected { get; init; }

    public ulong? EccCorrected { get; init; }

    /// <summary>Whether rows of the memory wait to be replaced, and whether replacing one failed.</summary>
    public (bool Pending, bool Failed)? Remapping { get; init; }

    public bool HasMig { get; init; }

    public MigMode Mig { get; init; }

    public int Instances { get; init; }

    public bool VgpuGuest { get; init; }

    public IReadOnlyList<MigHolder> Holders { get; init; } = [];

    /// <summary>Asks the driver; changes nothing.</summary>
    public static unsafe GpuHealth Read(string name, NvmlMigControl control)
    {
        var device = control.Device;
        var mode = control.GetMode();
        uint current, pending, corrected, uncorrected, waiting, failed;
        ulong reasons;
        return new(name, control.Gpu.Name, control.Gpu.Pci)
        {
            LinkGeneration = NvmlAnswer.Pair(NvmlAnswer.Number(nameof(nvmlDeviceGetCurrPcieLinkGeneration), &nvmlDeviceGetCurrPcieLinkGeneration, device),
                NvmlAnswer.Number(nameof(nvmlDeviceGetMaxPcieLinkGeneration), &nvmlDeviceGetMaxPcieLinkGeneration, device)),
            LinkWidth = NvmlAnswer.Pair(NvmlAnswer.Number(nameof(nvmlDeviceGetCurrPcieLinkWidth), &nvmlDeviceGetCurrPcieLinkWidth, device),
                NvmlAnswer.Number(nameof(nvmlDeviceGetMaxPcieLinkWidth), &nvmlDeviceGetMaxPcieLinkWidth, device)),
            LinkReplays = NvmlAnswer.Number(nameof(nvmlDeviceGetPcieReplayCounter), &nvmlDeviceGetPcieReplayCounter, device),
            ClockReasons = Has(nameof(nvmlDeviceGetCurrentClocksThrottleReasons)) && NvmlCall.Answers(nvmlDeviceGetCurrentClocksThrottleReasons(device, &reasons)) ? (ClockReason)reasons : null,
            SmClock = Clocks(device, SmDomain),
            MemoryClock = Clocks(device, MemoryDomain),
            PowerLimit = NvmlAnswer.Number(nameof(nvmlDeviceGetEnforcedPowerLimit), &nvmlDeviceGetEnforcedPowerLimit, device) is { } limit
                && NvmlAnswer.Number(nameof(nvmlDeviceGetPowerManagementDefaultLimit), &nvmlDeviceGetPowerManagementDefaultLimit, device) is { } usual ? (limit / 1e3, usual / 1e3) : null,
            Temperature = NvmlAnswer.Domain(nameof(nvmlDeviceGetTemperature), &nvmlDeviceGetTemperature, device, CoreSensor),
            Persistent = NvmlAnswer.Number(nameof(nvmlDeviceGetPersistenceMode), &nvmlDeviceGetPersistenceMode, device) is { } kept ? kept != 0 : null,
            ComputeMode = (ComputeMode?)NvmlAnswer.Number(nameof(nvmlDeviceGetComputeMode), &nvmlDeviceGetComputeMode, device),
            Ecc = Has(nameof(nvmlDeviceGetEccMode)) && NvmlCall.Answers(nvmlDeviceGetEccMode(device, &current, &pending)) ? (current != 0, pending != 0) : null,
            EccUncorrected = Errors(device, Uncorrected),
            EccCorrected = Errors(device, Corrected),
            Remapping = Has(nameof(nvmlDeviceGetRemappedRows)) && NvmlCall.Answers(nvmlDeviceGetRemappedRows(device, &corrected, &uncorrected, &waiting, &failed)) ? (waiting != 0, failed != 0) : null,
            HasMig = control.GetProfiles().Count > 0,
            Mig = mode,
            Instances = mode.Current ? control.GetGpuInstances().Count : 0,
            VgpuGuest = control.Gpu.VgpuGuest,
            Holders = control.GetHolders(),
        };
    }

    static unsafe (uint, uint)? Clocks(NvmlDevice device, int domain) => NvmlAnswer.Pair(
        NvmlAnswer.Domain(nameof(nvmlDeviceGetClockInfo), &nvmlDeviceGetClockInfo, device, domain), NvmlAnswer.Domain(nameof(nvmlDeviceGetMaxClockInfo), &nvmlDeviceGetMaxClockInfo, device, domain));

    static unsafe ulong? Errors(NvmlDevice device, int kind)
    {
        ulong errors;
        return Has(nameof(nvmlDeviceGetTotalEccErrors)) && NvmlCall.Answers(nvmlDeviceGetTotalEccErrors(device, kind, 0, &errors)) ? errors : null;
    }
}

/// <summary>Who may use a GPU (nvmlComputeMode_t).</summary>
public enum ComputeMode
{
    Default = 0,
    ExclusiveThread = 1,
    Prohibited = 2,
    ExclusiveProcess = 3,
}
