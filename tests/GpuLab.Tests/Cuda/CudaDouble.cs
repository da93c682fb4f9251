using System.Runtime.InteropServices;
using GpuLab.Tests.Kernels;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>A machine with GPUs that are not there, down to their kernels: the libraries of tests/native/nvml and tests/native/cuda over one folder.</summary>
sealed partial class CudaDouble : IDisposable
{
    static readonly Lazy<string> library = new(() => Build("libcuda.so.1"));
    static readonly Lazy<string> oldLibrary = new(() => Build("libcuda-old.so.1", "-DOLD_DRIVER"));

    static readonly Lazy<string> nvrtc = new(() => NativeBuild.Of("libnvrtc.so.12", ["nvrtc"], [$"-DKERNELS=\"{Path.Combine(EndToEnd.Sources.Root, "probes/Kernels")}\""]));
    static readonly Lazy<string> cublas = new(() => NativeBuild.Of("libcublasLt.so.12", ["cublas"], ["-lm", "-ldl"]));

    public CudaDouble(params string[] keys)
    {
        Nvml = new(keys);
        Behave();
    }

    public static string Library => library.Value;

    /// <summary>Without the calls that came after the oldest driver.</summary>
    public static string OldLibrary => oldLibrary.Value;

    /// <summary>A libcublasLt whose products run on the streams of <see cref="Library"/>.</summary>
    public static string Cublas => cublas.Value;

    /// <summary>A libnvrtc that compiles with clang 19.</summary>
    public static string Nvrtc => nvrtc.Value;

    /// <summary>The same machine as libnvidia-ml shows it.</summary>
    public NvmlDouble Nvml { get; }

    public string Folder => Nvml.Folder;

    /// <summary>What makes a program find this machine.</summary>
    public Dictionary<string, string> Environment => Nvml.Environment(NvmlDouble.Library);

    /// <summary>How the driver behaves from its next start on, one line each as in tests/native/cuda/machine.c.</summary>
    public CudaDouble Behave(params string[] lines)
    {
        Nvml.Write("cuda", string.Join('\n', lines.Prepend($"kernels {HostKernels.Library}")));
        return this;
    }

    /// <summary>Calls that fail, one line each as in tests/native/cuda/cuda_double.h; none takes all back.</summary>
    public CudaDouble Fail(params string[] lines)
    {
        foreach (var claimed in Directory.EnumerateFiles(Folder, "cuda-fault-*")) File.Delete(claimed);
        Nvml.Write("cuda-faults", string.Join('\n', lines));
        return this;
    }

    /// <summary>Makes this the machine that this process sees, its first GPU uncut.</summary>
    public CudaDouble Here()
    {
        // What earlier tests forgot is freed on the machine that it was made on.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Nvml.Open().SetMode(false);
        Assert.Equal(0, double_restart(Folder));
        return this;
    }

    /// <summary>Calls of all processes since <see cref="Record"/>, with the code of a planted fault.</summary>
    public IReadOnlyList<(string Call, int Fault)> Log => [.. File.ReadAllLines(Path.Combine(Folder, "cuda-log")).Select(l => l.Split(' '))
        .Select(f => (f[1], f.Length > 2 ? int.Parse(f[2], System.Globalization.CultureInfo.InvariantCulture) : 0))];

    public CudaDouble Record()
    {
        File.WriteAllText(Path.Combine(Folder, "cuda-log"), "");
        return this;
    }

    public void Dispose() => Nvml.Dispose();

    static string Build(string name, params string[] options) =>
        NativeBuild.Of(name, ["cuda", "nvml"], ["-Wl,-soname,libcuda.so.1", "-lpthread", "-ldl", Path.Combine(EndToEnd.Sources.Root, "tests/native/nvml/config.c"), .. options]);

    /// <summary>Bytes of device memory that this process has not freed.</summary>
    [LibraryImport("cuda-double", EntryPoint = "double_used")]
    public static partial ulong Used();

    [LibraryImport("cuda-double", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int double_restart(string folder);
}
