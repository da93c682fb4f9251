using GpuLab.Probes.Kernels;
using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>A kernel of a loaded module; belongs to it.</summary>
sealed unsafe class CudaKernel(CudaContext context, CUfunction function, string name)
{
    /// <summary>More parameters than any kernel here has.</summary>
    const int MostArguments = 16;

    public string Name => name;

    public CUfunction Raw => function;

    /// <summary>Registers a thread.</summary>
    public int Registers => Attribute(CUfunction_attribute.NumRegs);

    /// <summary>Bytes a thread keeps in local memory: spilled registers and arrays.</summary>
    public int LocalBytes => Attribute(CUfunction_attribute.LocalSizeBytes);

    /// <summary>Bytes of shared memory that the kernel declares.</summary>
    public int SharedBytes => Attribute(CUfunction_attribute.SharedSizeBytes);

    public int MaxThreads => Attribute(CUfunction_attribute.MaxThreadsPerBlock);

    public int Attribute(CUfunction_attribute attribute)
    {
        int value;
        CudaCall.Check(Cuda.cuFuncGetAttribute(&value, attribute, function), $"{attribute} of {name}");
        return value;
    }

    /// <summary>Allows more dynamic shared memory than the 48 KiB that every kernel may have.</summary>
    /// <exception cref="ProbeSkippedException">The device has not that much.</exception>
    public void AllowShared(int bytes)
    {
        var most = context.Device.Attribute(CUdevice_attribute.MaxSharedMemoryPerBlockOptin);
        if (bytes > most) throw new ProbeSkippedException($"{name} needs {bytes} bytes of shared memory a block; this device has {most}");
        CudaCall.Check(Cuda.cuFuncSetAttribute(function, CUfunction_attribute.MaxDynamicSharedSizeBytes, bytes), $"{name}, {bytes}");
    }

    /// <summary>Blocks of so many threads that fit on one multiprocessor at once.</summary>
    public int BlocksPerSm(int threads, int dynamicShared = 0)
    {
        int blocks;
        CudaCall.Check(Cuda.cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, threads, (nuint)dynamicShared), name);
        return blocks;
    }

    /// <summary>Queues one launch of a one-dimensional grid. No managed allocation.</summary>
    /// <param name="arguments">The parameters' values, at most <see cref="MostArguments"/>.</param>
    public void Launch(CudaStream stream, int blocks, int threads, int dynamicShared, params ReadOnlySpan<KernelArgument> arguments)
    {
        void** pointers = stackalloc void*[MostArguments];
        fixed (KernelArgument* values = arguments)
        {
            for (var i = 0; i < Math.Min(arguments.Length, MostArguments); i++) pointers[i] = values + i;
            CudaCall.Check(Cuda.cuLaunchKernel(function, (uint)blocks, 1, 1, (uint)threads, 1, 1, (uint)dynamicShared, stream.Raw, pointers, null), name);
        }
    }
}
