using System.Runtime.InteropServices;
using System.Text;
using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>Loaded kernels.</summary>
sealed unsafe class CudaModule : CudaHandle
{
    const int LogLength = 16 << 10;

    CudaModule(CudaContext context, CUmodule module, string? made, string log, double seconds)
        : base(context)
    {
        Own(module.Handle);
        (Made, Log, LoadSeconds) = (made, log, seconds);
    }

    /// <summary>How the PTX came about on this machine; null where it is as it ships.</summary>
    public string? Made { get; }

    /// <summary>What the driver's compiler said.</summary>
    public string Log { get; }

    /// <summary>Wall time of the load: compiling where the driver's cache does not hold it yet.</summary>
    public double LoadSeconds { get; }

    /// <summary>Hands PTX to the driver's compiler.</summary>
    /// <param name="made">As <see cref="Made"/> is to say.</param>
    /// <exception cref="ProbeSkippedException">This driver or device cannot take it; the message says what it needs.</exception>
    /// <exception cref="CudaException">The driver refused it; with what its compiler said.</exception>
    public static CudaModule Load(CudaContext context, string ptx, string? made = null)
    {
        // The driver looks for the zero byte.
        var image = Encoding.ASCII.GetBytes(ptx + '\0');
        var errors = (byte*)NativeMemory.AllocZeroed(LogLength);
        var info = (byte*)NativeMemory.AllocZeroed(LogLength);
        try
        {
            var options = stackalloc[] { CUjit_option.ErrorLogBuffer, CUjit_option.ErrorLogBufferSizeBytes, CUjit_option.InfoLogBuffer, CUjit_option.InfoLogBufferSizeBytes };
            var values = stackalloc void*[] { errors, (void*)LogLength, info, (void*)LogLength };
            CUmodule module;
            CUresult status;
            var start = Monotonic.Now;
            fixed (byte* text = image) status = Cuda.cuModuleLoadDataEx(&module, text, 4, options, values);
            var seconds = (Monotonic.Now - start) / 1e9;
            var said = Text(errors);
            return status == CUresult.Success ? new(context, module, made, Text(info), seconds) : throw Refused(context.Device, status, said);
        }
        finally
        {
            NativeMemory.Free(errors);
            NativeMemory.Free(info);
        }
    }

    /// <exception cref="CudaException">The module has none of that name.</exception>
    public CudaKernel this[string name]
    {
        get
        {
            CUfunction function;
            CudaCall.Check(Cuda.cuModuleGetFunction(&function, new(handle), name), name);
            return new(Context, function, name);
        }
    }

    protected override void Free(nint raw) => _ = Cuda.cuModuleUnload(new(raw));

    static Exception Refused(CudaDevice device, CUresult status, string said)
    {
        var why = said.Length == 0 ? CudaCall.Text(status) : $"{CudaCall.Text(status)}; {said}";
        return status switch
        {
            CUresult.UnsupportedPtxVersion => new ProbeSkippedException($"the driver (CUDA {CudaDriver.VersionText}) is too old for these kernels: {why}"),
            CUresult.NoBinaryForGpu => new ProbeSkippedException($"these kernels cannot run on a GPU of compute capability {device.Capability.Major}.{device.Capability.Minor}: {why}"),
            CUresult.JitCompilerNotFound => new ProbeSkippedException($"the driver's compiler (libnvidia-ptxjitcompiler.so.1) is not installed: {why}"),
            CUresult.JitCompilationDisabled => new ProbeSkippedException($"compiling is disabled (CUDA_DISABLE_PTX_JIT or CUDA_DISABLE_JIT is set): {why}"),
            _ => new CudaException(status, nameof(Cuda.cuModuleLoadDataEx) + "()", said),
        };
    }

    static string Text(byte* log) => Marshal.PtrToStringUTF8((nint)log)!.Trim().ReplaceLineEndings(" | ");
}
