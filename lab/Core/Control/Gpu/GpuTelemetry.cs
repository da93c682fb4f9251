using GpuLab.Control.Nvml;
using static GpuLab.Control.Nvml.Nvml;

namespace GpuLab.Control.Gpu;

/// <summary>Temperature, power and clocks: all of the whole GPU, also while it is cut, because its instances share them.</summary>
/// <remarks>Power is an average over a second on newer chips and momentary on GA100.</remarks>
sealed unsafe class GpuTelemetry(NvmlMigControl control) : ITelemetry
{
    const int CoreTemperature = 0, SmClock = 1, MemoryClock = 2;

    public IReadOnlyList<Reading> Read()
    {
        var device = control.Device;
        var list = new List<Reading>();
        uint value;
        if (Has(nameof(nvmlDeviceGetTemperature)) && NvmlCall.Answers(nvmlDeviceGetTemperature(device, CoreTemperature, &value))) list.Add(new("device", "temperature_c", value));
        if (Has(nameof(nvmlDeviceGetPowerUsage)) && NvmlCall.Answers(nvmlDeviceGetPowerUsage(device, &value))) list.Add(new("device", "power_w", value / 1e3));
        if (!Has(nameof(nvmlDeviceGetClockInfo))) return list;
        if (NvmlCall.Answers(nvmlDeviceGetClockInfo(device, SmClock, &value))) list.Add(new("device", "clock_hz", value * 1e6));
        if (NvmlCall.Answers(nvmlDeviceGetClockInfo(device, MemoryClock, &value))) list.Add(new("device", "memory_clock_hz", value * 1e6));
        return list;
    }
}
