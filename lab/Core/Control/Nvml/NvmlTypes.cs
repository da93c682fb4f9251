using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuLab.Control.Nvml;

// Handles are borrowed from the driver: nothing is to be freed. Structs are named and laid out as in nvml.h; a test pins their sizes.

/// <summary>A GPU, or a MIG device. Dies with a change of MIG mode.</summary>
readonly record struct NvmlDevice(nint Handle);

/// <summary>Its owner is the GPU: it outlives this process, and only an explicit destroy ends it.</summary>
readonly record struct NvmlGpuInstance(nint Handle);

readonly record struct NvmlComputeInstance(nint Handle);

[StructLayout(LayoutKind.Sequential)]
struct nvmlGpuInstanceProfileInfo_t
{
    public uint id, isP2pSupported, sliceCount, instanceCount, multiprocessorCount, copyEngineCount, decoderCount, encoderCount, jpegCount, ofaCount;
    public ulong memorySizeMB;
}

[StructLayout(LayoutKind.Sequential)]
struct nvmlGpuInstanceProfileInfo_v2_t
{
    public uint version, id, isP2pSupported, sliceCount, instanceCount, multiprocessorCount, copyEngineCount, decoderCount, encoderCount, jpegCount, ofaCount;
    public ulong memorySizeMB;
    public NameBuffer name;

    /// <summary>Size and number of the struct, as drivers check it.</summary>
    public static uint Version => (uint)Unsafe.SizeOf<nvmlGpuInstanceProfileInfo_v2_t>() | 2u << 24;
}

[InlineArray(96)]
struct NameBuffer
{
    byte first;
}

[StructLayout(LayoutKind.Sequential)]
struct nvmlComputeInstanceProfileInfo_t
{
    public uint id, sliceCount, instanceCount, multiprocessorCount, sharedCopyEngineCount, sharedDecoderCount, sharedEncoderCount, sharedJpegCount, sharedOfaCount;
}

/// <summary>Both nvmlGpuInstancePlacement_t and nvmlComputeInstancePlacement_t.</summary>
[StructLayout(LayoutKind.Sequential)]
struct nvmlPlacement_t
{
    public uint start, size;
}

[StructLayout(LayoutKind.Sequential)]
struct nvmlGpuInstanceInfo_t
{
    public NvmlDevice device;
    public uint id, profileId;
    public nvmlPlacement_t placement;
}

[StructLayout(LayoutKind.Sequential)]
struct nvmlComputeInstanceInfo_t
{
    public NvmlDevice device;
    public NvmlGpuInstance gpuInstance;
    public uint id, profileId;
    public nvmlPlacement_t placement;
}

[StructLayout(LayoutKind.Sequential)]
struct nvmlMemory_t
{
    public ulong total, free, used;
}

[StructLayout(LayoutKind.Sequential)]
struct nvmlPciInfo_t
{
    public PciLegacyBuffer busIdLegacy;
    public uint domain, bus, device, pciDeviceId, pciSubSystemId;
    public PciBuffer busId;
}

[InlineArray(16)]
struct PciLegacyBuffer
{
    byte first;
}

[InlineArray(32)]
struct PciBuffer
{
    byte first;
}

[StructLayout(LayoutKind.Sequential)]
struct nvmlFieldValue_t
{
    public uint fieldId, scopeId;
    public long timestamp, latencyUsec;
    public int valueType, nvmlReturn;

    /// <summary>A union; for the fields asked for here its first four bytes are an unsigned int.</summary>
    public ulong value;
}

[StructLayout(LayoutKind.Sequential)]
struct nvmlProcessInfo_t
{
    public uint pid;
    public ulong usedGpuMemory;
    public uint gpuInstanceId, computeInstanceId;
}
