using GpuLab.Control.Nvml;
using static GpuLab.Control.Nvml.Nvml;

namespace GpuLab.Control.Gpu;

/// <summary>Temperature, power, clocks, link and memory errors: all of the whole GPU, also while it is cut, because its instances share them.</summary>
/// <remarks>Power is an average over a second on newer chips and momentary on GA100. An idle link runs at a lower generation: only what is read while copying counts.</remarks>
sealed unsafe class GpuTelemetry(NvmlMigControl control) : ITelemetry
{
    const int CoreTemperature = 0, SmClock = 1, MemoryClock = 2, Corrected = 0, Uncorrected = 1;

    /// <summary>Reading takes microseconds of the coordinator and nothing of the slices.</summary>
    public TimeSpan? Period => TimeSpan.FromMilliseconds(100);

    public IReadOnlyList<Reading> Read()
    {
        var device = control.Device;
        var list = new List<Reading>(18);
        Add("temperature_c", NvmlAnswer.Domain(nameof(nvmlDeviceGetTemperature), &nvmlDeviceGetTemperature, device, CoreTemperature), 1);
        Add("power_w", NvmlAnswer.Number(nameof(nvmlDeviceGetPowerUsage), &nvmlDeviceGetPowerUsage, device), 1e-3);
        Add("power_limit_w", NvmlAnswer.Number(nameof(nvmlDeviceGetEnforcedPowerLimit), &nvmlDeviceGetEnforcedPowerLimit, device), 1e-3);
        Add("clock_hz", NvmlAnswer.Domain(nameof(nvmlDeviceGetClockInfo), &nvmlDeviceGetClockInfo, device, SmClock), 1e6);
        Add("memory_clock_hz", NvmlAnswer.Domain(nameof(nvmlDeviceGetClockInfo), &nvmlDeviceGetClockInfo, device, MemoryClock), 1e6);
        Add("memory_clock_most_hz", NvmlAnswer.Domain(nameof(nvmlDeviceGetMaxClockInfo), &nvmlDeviceGetMaxClockInfo, device, MemoryClock), 1e6);
        Add("link_generation", NvmlAnswer.Number(nameof(nvmlDeviceGetCurrPcieLinkGeneration), &nvmlDeviceGetCurrPcieLinkGeneration, device), 1);
        Add("link_lanes", NvmlAnswer.Number(nameof(nvmlDeviceGetCurrPcieLinkWidth), &nvmlDeviceGetCurrPcieLinkWidth, device), 1);
        // A bound beside what it bounds: it differs from slot to slot, and results are read elsewhere.
        Add("link_generation_most", NvmlAnswer.Number(nameof(nvmlDeviceGetMaxPcieLinkGeneration), &nvmlDeviceGetMaxPcieLinkGeneration, device), 1);
        Add("link_lanes_most", NvmlAnswer.Number(nameof(nvmlDeviceGetMaxPcieLinkWidth), &nvmlDeviceGetMaxPcieLinkWidth, device), 1);
        Add("link_replays", NvmlAnswer.Number(nameof(nvmlDeviceGetPcieReplayCounter), &nvmlDeviceGetPcieReplayCounter, device), 1);
        ulong wide;
        if (Has(nameof(nvmlDeviceGetCurrentClocksThrottleReasons)) && NvmlCall.Answers(nvmlDeviceGetCurrentClocksThrottleReasons(device, &wide))) list.Add(new("device", "clocks_event_reasons", wide));
        if (Has(nameof(nvmlDeviceGetTotalEccErrors)) && NvmlCall.Answers(nvmlDeviceGetTotalEccErrors(device, Uncorrected, 0, &wide))) list.Add(new("device", "ecc_uncorrected", wide));
        if (Has(nameof(nvmlDeviceGetTotalEccErrors)) && NvmlCall.Answers(nvmlDeviceGetTotalEccErrors(device, Corrected, 0, &wide))) list.Add(new("device", "ecc_corrected", wide));
        uint corrected, uncorrected, waiting, failed;
        if (Has(nameof(nvmlDeviceGetRemappedRows)) && NvmlCall.Answers(nvmlDeviceGetRemappedRows(device, &corrected, &uncorrected, &waiting, &failed))) list.Add(new("device", "rows_remap_pending", waiting));
        return list;

        void Add(string field, uint? value, double unit)
        {
            if (value is { } known) list.Add(new("device", field, known * unit));
        }
    }
}
