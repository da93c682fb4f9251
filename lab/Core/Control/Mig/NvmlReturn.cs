namespace GpuLab.Control.Mig;

/// <summary>Status codes of NVML calls, with the numbers of its header (13.3).</summary>
public enum NvmlReturn
{
    Success = 0,
    Uninitialized = 1,
    InvalidArgument = 2,
    NotSupported = 3,
    NoPermission = 4,
    AlreadyInitialized = 5,
    NotFound = 6,
    InsufficientSize = 7,
    InsufficientPower = 8,
    DriverNotLoaded = 9,
    Timeout = 10,
    IrqIssue = 11,
    LibraryNotFound = 12,
    FunctionNotFound = 13,
    CorruptedInforom = 14,
    GpuIsLost = 15,
    ResetRequired = 16,
    OperatingSystem = 17,
    LibRmVersionMismatch = 18,
    InUse = 19,
    Memory = 20,
    NoData = 21,
    VgpuEccNotSupported = 22,
    InsufficientResources = 23,
    FreqNotSupported = 24,
    ArgumentVersionMismatch = 25,
    Deprecated = 26,
    NotReady = 27,
    GpuNotFound = 28,
    InvalidState = 29,
    ResetTypeNotSupported = 30,
    Unknown = 999,
}

/// <summary>A driver call that did not succeed.</summary>
/// <param name="call">The call's own text, such as <c>nvmlDeviceCreateGpuInstanceWithPlacement(dev, 9, {4,4})</c>.</param>
public sealed class NvmlException(NvmlReturn status, string call) : Exception($"{call}: {Meaning(status)}")
{
    public NvmlReturn Status { get; } = status;

    public string Call { get; } = call;

    static string Meaning(NvmlReturn status) => status switch
    {
        NvmlReturn.NoPermission => "NO_PERMISSION: root, or read access to the capability mig/config, is needed",
        NvmlReturn.InUse => "IN_USE: a process or an instance still holds what is to be changed",
        NvmlReturn.InsufficientResources => "INSUFFICIENT_RESOURCES: the place is taken or the GPU has no room for it",
        NvmlReturn.NotSupported => "NOT_SUPPORTED: MIG mode is off, or this GPU or guest has no MIG",
        NvmlReturn.NotFound => "NOT_FOUND: there is no such instance",
        NvmlReturn.ResetRequired => "RESET_REQUIRED: the GPU must be reset first",
        NvmlReturn.LibRmVersionMismatch => "LIB_RM_VERSION_MISMATCH: the library and the loaded kernel module are of different versions; reload the module or restart the machine",
        NvmlReturn.DriverNotLoaded => "DRIVER_NOT_LOADED: the kernel module is not loaded",
        NvmlReturn.GpuIsLost => "GPU_IS_LOST: the GPU has fallen off the bus",
        _ => $"{status} ({(int)status})",
    };
}
