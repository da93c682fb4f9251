using System.Globalization;
using System.Text;
using GpuLab.Control.Mig;
using GpuLab.Model;
using static GpuLab.Control.Nvml.Nvml;

namespace GpuLab.Control.Nvml;

/// <summary>The driver's session, opened once for the life of the process: opening it again costs tens of milliseconds, and handles live as long as it.</summary>
public static unsafe class NvmlDriver
{
    const string Missing = "there is no NVIDIA driver on this machine: libnvidia-ml.so.1 was not found (GPULAB_NVML names a library elsewhere)";

    static readonly Lock gate = new();
    static bool open;

    /// <summary>Whether a driver's library is there at all.</summary>
    public static bool IsPresent => Present;

    /// <summary>How many GPUs there are; 0 without a driver.</summary>
    /// <exception cref="NvmlException">There is a driver, and it does not work.</exception>
    public static int Count
    {
        get
        {
            if (!Present) return 0;
            try
            {
                Open();
            }
            catch (NvmlException e) when (e.Status == NvmlReturn.DriverNotLoaded)
            {
                // Containers carry the library to machines without a GPU.
                return 0;
            }
            uint count = 0;
            NvmlCall.Check(nvmlDeviceGetCount_v2(&count), "");
            return (int)count;
        }
    }

    /// <summary>Version of the driver, or null where it does not say.</summary>
    public static string? Version => NvmlCall.Text((buffer, length) => nvmlSystemGetDriverVersion(buffer, length));

    public static string? LibraryVersion => NvmlCall.Text((buffer, length) => nvmlSystemGetNVMLVersion(buffer, length));

    /// <summary>Starts the session if it is not there yet.</summary>
    /// <exception cref="PartitionException">There is no driver.</exception>
    public static void Open()
    {
        lock (gate)
        {
            if (open) return;
            if (!Present) throw new PartitionException($"This needs a GPU, and {Missing}.");
            NvmlCall.Check(nvmlInit_v2(), "");
            open = true;
        }
    }

    /// <summary>A GPU's UUID by the driver's numbering or by itself.</summary>
    /// <exception cref="PartitionException">There is none such; the message says which there are.</exception>
    public static string Find(DeviceId id)
    {
        Open();
        var all = Enumerable.Range(0, Count).Select(UuidAt).ToArray();
        if (id.Name.StartsWith("GPU-", StringComparison.Ordinal)) return all.Contains(id.Name) ? id.Name : throw None(id, all);
        return int.TryParse(id.Name, CultureInfo.InvariantCulture, out var index) && index < all.Length ? all[index] : throw None(id, all);
    }

    /// <summary>The driver's number of a GPU.</summary>
    public static int IndexOf(string uuid)
    {
        uint index = 0;
        NvmlCall.Check(nvmlDeviceGetIndex(ByUuid(uuid), &index), uuid);
        return (int)index;
    }

    /// <summary>Looked up again after every change of MIG mode: handles die with it.</summary>
    internal static NvmlDevice ByUuid(string uuid)
    {
        Open();
        NvmlDevice device;
        fixed (byte* text = Encoding.ASCII.GetBytes(uuid + '\0')) NvmlCall.Check(nvmlDeviceGetHandleByUUID(text, &device), uuid);
        return device;
    }

    static string UuidAt(int index)
    {
        NvmlDevice device;
        NvmlCall.Check(nvmlDeviceGetHandleByIndex_v2((uint)index, &device), index.ToString(CultureInfo.InvariantCulture));
        return Uuid(device) ?? throw new NvmlException(NvmlReturn.Unknown, string.Create(CultureInfo.InvariantCulture, $"nvmlDeviceGetUUID({index})"));
    }

    internal static string? Uuid(NvmlDevice device) => NvmlCall.Text((buffer, length) => nvmlDeviceGetUUID(device, buffer, length));

    /// <summary><c>00000000:01:00.0</c>, or null where the driver does not say.</summary>
    internal static string? PciBusId(NvmlDevice device)
    {
        nvmlPciInfo_t pci;
        return Has(nameof(nvmlDeviceGetPciInfo_v3)) && NvmlCall.Answers(nvmlDeviceGetPciInfo_v3(device, &pci)) ? NvmlCall.Text(pci.busId) : null;
    }

    static PartitionException None(DeviceId id, string[] all) => new(all.Length == 0
        ? $"There is no {id}: the driver sees no GPU."
        : $"There is no {id}. The driver sees {string.Join(", ", all.Select((uuid, i) => string.Create(CultureInfo.InvariantCulture, $"gpu:{i} ({uuid})")))}.");
}
