using GpuLab.Control.Mig;
using static GpuLab.Control.Nvml.Nvml;

namespace GpuLab.Control.Nvml;

/// <summary>Optional answers: null where this driver has no such call or this GPU no such thing.</summary>
static unsafe class NvmlAnswer
{
    /// <param name="name">The call's name, looked for before it is called.</param>
    public static uint? Number(string name, delegate*<NvmlDevice, uint*, NvmlReturn> call, NvmlDevice device)
    {
        uint value;
        return Has(name) && NvmlCall.Answers(call(device, &value)) ? value : null;
    }

    /// <param name="domain">What of several the call is about: a clock, a sensor.</param>
    public static uint? Domain(string name, delegate*<NvmlDevice, int, uint*, NvmlReturn> call, NvmlDevice device, int domain)
    {
        uint value;
        return Has(name) && NvmlCall.Answers(call(device, domain, &value)) ? value : null;
    }

    /// <summary>A value and its bound, where both are known.</summary>
    public static (uint Now, uint Most)? Pair(uint? now, uint? most) => now is { } n && most is { } m ? (n, m) : null;
}
