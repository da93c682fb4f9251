using GpuLab.Control.Mig;
using GpuLab.Tests.Simulated;

namespace GpuLab.Tests.Mig;

/// <summary>The contract of every MIG control, through NVML.</summary>
[Collection(nameof(NvmlDouble))]
public abstract class NvmlContract(string key, string settings = "") : MigControlContract, IDisposable
{
    readonly NvmlDouble machine = new NvmlDouble(key).Write("settings", settings);

    protected override IMigControl Open() => machine.Open();

    public void Dispose()
    {
        machine.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class NvmlA30Contract() : NvmlContract("a30-24gb");

public sealed class NvmlA100Contract() : NvmlContract("a100-40gb");

public sealed class NvmlH100Contract() : NvmlContract("h100-sxm-80gb");

public sealed class NvmlH200Contract() : NvmlContract("h200-141gb");

/// <summary>A driver that refuses newer structs, gives old UUIDs, and the parent where the MIG device is expected.</summary>
public sealed class NvmlOldA100Contract() : NvmlContract("a100-40gb", "old\nparent-from-compute");

public sealed class NvmlChangingUuidsContract() : NvmlContract("h200-141gb", "changes-uuids");
