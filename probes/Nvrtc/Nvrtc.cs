using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Nvrtc;

/// <summary>The calls of libnvrtc that are used, spelled as in its header. Declarations only; <see cref="NvidiaLibraries"/> finds the library.</summary>
static unsafe partial class Nvrtc
{
    const string Library = NvidiaLibraries.Nvrtc;

    /// <summary>Explicit, so that it runs before the first call whichever that is.</summary>
    static Nvrtc() => Present = NvidiaLibraries.Compiler.Present;

    /// <inheritdoc cref="Control.DriverLibrary.Present"/>
    public static bool Present { get; }

    [LibraryImport(Library)]
    public static partial byte* nvrtcGetErrorString(int status);

    [LibraryImport(Library)]
    public static partial int nvrtcVersion(int* major, int* minor);

    [LibraryImport(Library)]
    public static partial int nvrtcGetNumSupportedArchs(int* count);

    /// <param name="architectures">Such as 80 and 90, ascending.</param>
    [LibraryImport(Library)]
    public static partial int nvrtcGetSupportedArchs(int* architectures);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int nvrtcCreateProgram(nint* program, string source, string name, int headers, byte** headerTexts, byte** headerNames);

    [LibraryImport(Library)]
    public static partial int nvrtcDestroyProgram(nint* program);

    [LibraryImport(Library)]
    public static partial int nvrtcCompileProgram(nint program, int count, byte** options);

    /// <param name="bytes">With the zero at the end; so for PTX.</param>
    [LibraryImport(Library)]
    public static partial int nvrtcGetProgramLogSize(nint program, nuint* bytes);

    [LibraryImport(Library)]
    public static partial int nvrtcGetProgramLog(nint program, byte* log);

    [LibraryImport(Library)]
    public static partial int nvrtcGetPTXSize(nint program, nuint* bytes);

    [LibraryImport(Library)]
    public static partial int nvrtcGetPTX(nint program, byte* ptx);
}
