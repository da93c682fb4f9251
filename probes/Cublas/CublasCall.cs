using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cublas;

/// <summary>The one place where a status of cuBLASLt becomes an exception.</summary>
static class CublasCall
{
    /// <exception cref="CublasException">The call did not succeed; it names the call.</exception>
    public static void Check(CublasStatus status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != CublasStatus.Success) Throw(status, call);
    }

    // Apart, so that checks in hot loops stay small.
    static void Throw(CublasStatus status, string call)
    {
        var name = call[..Math.Max(0, call.IndexOf('(', StringComparison.Ordinal))];
        throw new CublasException(status, name[(name.LastIndexOf('.') + 1)..]);
    }
}

/// <summary>A call of cuBLASLt that did not succeed.</summary>
sealed class CublasException(CublasStatus status, string call) : InvalidOperationException($"{call}: cuBLAS status {(int)status} ({status})")
{
    public CublasStatus Status => status;
}

/// <summary>Something that cuBLASLt made and this process owns.</summary>
sealed unsafe class CublasOwned : SafeHandle
{
    readonly delegate*<nint, CublasStatus> free;

    public CublasOwned(nint made, delegate*<nint, CublasStatus> free)
        : base(0, ownsHandle: true)
    {
        this.free = free;
        SetHandle(made);
    }

    public override bool IsInvalid => handle == 0;

    public nint Raw => handle;

    protected override bool ReleaseHandle() => free(handle) == CublasStatus.Success;
}
