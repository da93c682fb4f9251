using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using GpuLab.Probes.Cuda;
using static GpuLab.Probes.Nvrtc.Nvrtc;

namespace GpuLab.Probes.Nvrtc;

/// <summary>CUDA C++ to PTX on the machine that will run it.</summary>
static unsafe class NvrtcCompiler
{
    const int Success = 0;

    /// <summary>Characters of a log that are shown: the first errors are those that count.</summary>
    const int Shown = 2000;

    /// <summary><c>12.8</c></summary>
    public static string Version
    {
        get
        {
            int major, minor;
            Check(nvrtcVersion(&major, &minor), nameof(nvrtcVersion));
            return string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}");
        }
    }

    /// <summary>The newest architecture that this library compiles for and a device runs: 10 · major + minor. The device's own where the library is old.</summary>
    public static int Newest(int device)
    {
        int count;
        Check(nvrtcGetNumSupportedArchs(&count), nameof(nvrtcGetNumSupportedArchs));
        var known = stackalloc int[count];
        Check(nvrtcGetSupportedArchs(known), nameof(nvrtcGetSupportedArchs));
        return new ReadOnlySpan<int>(known, count).ToArray().Where(a => a <= device).DefaultIfEmpty(device).Max();
    }

    /// <param name="name">Of the source, for the log.</param>
    /// <param name="architecture">Such as <c>compute_90a</c>.</param>
    /// <exception cref="CudaException">It was refused; with what the compiler said.</exception>
    public static string Ptx(string source, string name, string architecture)
    {
        nint made;
        Check(nvrtcCreateProgram(&made, source, name, 0, null, null), nameof(nvrtcCreateProgram));
        var program = made;
        try
        {
            // No contraction to multiply-adds that the source does not have: results are compared bit for bit.
            string[] options = [$"--gpu-architecture={architecture}", "--std=c++17", "--fmad=false"];
            var status = Compiled(program, options);
            if (status != Success) throw new CudaException(CUresult.InvalidSource, $"nvrtcCompileProgram({name}, {architecture})", $"NVRTC {Version}: {Text(status)}; {Log(program)}");
            nuint bytes;
            Check(nvrtcGetPTXSize(program, &bytes), nameof(nvrtcGetPTXSize));
            return Read((int)bytes, text => nvrtcGetPTX(program, (byte*)text), nameof(nvrtcGetPTX));
        }
        finally
        {
            _ = nvrtcDestroyProgram(&made);
        }
    }

    static int Compiled(nint program, string[] options)
    {
        var texts = stackalloc byte*[options.Length];
        for (var i = 0; i < options.Length; i++) texts[i] = (byte*)Marshal.StringToCoTaskMemUTF8(options[i]);
        var status = nvrtcCompileProgram(program, options.Length, texts);
        for (var i = 0; i < options.Length; i++) Marshal.FreeCoTaskMem((nint)texts[i]);
        return status;
    }

    static string Log(nint program)
    {
        nuint bytes;
        if (nvrtcGetProgramLogSize(program, &bytes) != Success || bytes <= 1) return "it says nothing of the reason";
        var log = Read((int)bytes, text => nvrtcGetProgramLog(program, (byte*)text), nameof(nvrtcGetProgramLog)).Trim().ReplaceLineEndings(" | ");
        return log.Length > Shown ? log[..Shown] + " …" : log;
    }

    static string Read(int bytes, Func<nint, int> read, string call)
    {
        var text = new byte[bytes];
        fixed (byte* at = text) Check(read((nint)at), call);
        return Encoding.UTF8.GetString(text.AsSpan(0, Math.Max(0, bytes - 1)));
    }

    static void Check(int status, string call)
    {
        if (status != Success) throw new CudaException(CUresult.InvalidSource, call + "()", Text(status));
    }

    static string Text(int status) => Marshal.PtrToStringUTF8((nint)nvrtcGetErrorString(status)) ?? status.ToString(CultureInfo.InvariantCulture);
}
