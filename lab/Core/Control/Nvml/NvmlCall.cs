using System.Runtime.CompilerServices;
using System.Text;
using GpuLab.Control.Mig;

namespace GpuLab.Control.Nvml;

/// <summary>The one place where a status becomes an exception.</summary>
static class NvmlCall
{
    /// <param name="arguments">What the call was about, in place of its source text: <c>9, {4,4}</c>.</param>
    /// <exception cref="NvmlException">The call did not succeed; it names the call as written.</exception>
    public static void Check(NvmlReturn status, string? arguments = null, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != NvmlReturn.Success) throw new NvmlException(status, arguments is null ? call : $"{call.AsSpan(0, Math.Max(0, call.IndexOf('(', StringComparison.Ordinal)))}({arguments})");
    }

    /// <summary>Whether an optional answer was given: what a GPU or driver does not have is no error.</summary>
    public static bool Answers(NvmlReturn status) => status == NvmlReturn.Success;

    /// <summary>A text that a call fills in, or null where it does not answer.</summary>
    public static unsafe string? Text(TextCall call)
    {
        const int Length = 128;
        var buffer = stackalloc byte[Length];
        return call(buffer, Length) == NvmlReturn.Success ? Text(new ReadOnlySpan<byte>(buffer, Length)) : null;
    }

    /// <summary>Up to the first zero byte.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

unsafe delegate NvmlReturn TextCall(byte* buffer, uint length);
