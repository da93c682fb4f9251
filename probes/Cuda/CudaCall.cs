using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cuda;

/// <summary>The one place where a status becomes an exception.</summary>
static unsafe class CudaCall
{
    /// <param name="about">What the call was about, in place of its source text: <c>256 MiB</c>.</param>
    /// <exception cref="CudaException">The call did not succeed; it names the call.</exception>
    public static void Check(CUresult status, string? about = null, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != CUresult.Success) Throw(status, about, call);
    }

    /// <summary>Whether an optional answer was given: what a device or driver does not have is no error.</summary>
    public static bool Answers(CUresult status) => status == CUresult.Success;

    // Apart, so that checks in hot loops stay small.
    static void Throw(CUresult status, string? about, string call)
    {
        var name = call[..Math.Max(0, call.IndexOf('(', StringComparison.Ordinal))];
        throw new CudaException(status, name.Length == 0 ? call : $"{name[(name.LastIndexOf('.') + 1)..]}({about})");
    }

    /// <summary><c>CUDA_ERROR_OUT_OF_MEMORY (2): out of memory</c></summary>
    public static string Text(CUresult status)
    {
        byte* name = null, text = null;
        // Without a driver, or with one that is older than the status, the number has to do.
        var known = Cuda.Present && Cuda.cuGetErrorName(status, &name) == CUresult.Success && Cuda.cuGetErrorString(status, &text) == CUresult.Success;
        return known ? $"{Marshal.PtrToStringUTF8((nint)name)} ({(int)status}): {Marshal.PtrToStringUTF8((nint)text)}" : $"{status} ({(int)status})";
    }
}

/// <summary>A call of the driver that did not succeed.</summary>
sealed class CudaException(CUresult status, string call, string? detail = null)
    : Exception($"{call}: {CudaCall.Text(status)}{(string.IsNullOrEmpty(detail) ? "" : $"; {detail}")}")
{
    public CUresult Status => status;
}
