using System.Globalization;
using System.Text;

namespace GpuLab.Probes.Cuda;

/// <summary>A device as CUDA shows it to this process: a whole GPU, or the one slice that CUDA_VISIBLE_DEVICES names.</summary>
sealed unsafe class CudaDevice
{
    CudaDevice(CUdevice device)
    {
        Handle = device;
        Name = Text((buffer, length) => Cuda.cuDeviceGetName(buffer, length, device), nameof(Cuda.cuDeviceGetName));
        PciBusId = Text((buffer, length) => Cuda.cuDeviceGetPCIBusId(buffer, length, device), nameof(Cuda.cuDeviceGetPCIBusId));
        var uuid = stackalloc byte[16];
        CudaCall.Check(Cuda.cuDeviceGetUuid_v2(uuid, device));
        Uuid = new(new ReadOnlySpan<byte>(uuid, 16), bigEndian: true);
        nuint memory;
        CudaCall.Check(Cuda.cuDeviceTotalMem_v2(&memory, device));
        Memory = (long)memory;
        Sms = Attribute(CUdevice_attribute.MultiprocessorCount);
        Capability = (Attribute(CUdevice_attribute.ComputeCapabilityMajor), Attribute(CUdevice_attribute.ComputeCapabilityMinor));
    }

    public CUdevice Handle { get; }

    public string Name { get; }

    /// <summary>Of the slice where the GPU is cut, without the prefix that tells the kinds apart.</summary>
    public Guid Uuid { get; }

    /// <summary>Bytes.</summary>
    public long Memory { get; }

    public int Sms { get; }

    public (int Major, int Minor) Capability { get; }

    /// <summary><c>0000:01:00.0</c>, of the GPU also where it is cut.</summary>
    public string PciBusId { get; }

    /// <summary>How many devices this process sees.</summary>
    public static int Count
    {
        get
        {
            CudaDriver.Open();
            int count;
            CudaCall.Check(Cuda.cuDeviceGetCount(&count));
            return count;
        }
    }

    /// <param name="ordinal">In the numbering of this process.</param>
    /// <exception cref="CudaException">There is none such.</exception>
    public static CudaDevice At(int ordinal)
    {
        CudaDriver.Open();
        CUdevice device;
        CudaCall.Check(Cuda.cuDeviceGet(&device, ordinal), ordinal.ToString(CultureInfo.InvariantCulture));
        return new(device);
    }

    public int Attribute(CUdevice_attribute attribute)
    {
        int value;
        CudaCall.Check(Cuda.cuDeviceGetAttribute(&value, attribute, Handle), attribute.ToString());
        return value;
    }

    delegate CUresult TextCall(byte* buffer, int length);

    static string Text(TextCall call, string name)
    {
        const int Length = 256;
        var buffer = stackalloc byte[Length];
        CudaCall.Check(call(buffer, Length), "", name + "()");
        var bytes = new ReadOnlySpan<byte>(buffer, Length);
        return Encoding.UTF8.GetString(bytes[..Math.Max(0, bytes.IndexOf((byte)0))]);
    }
}
