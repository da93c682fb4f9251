using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using GpuLab.Control.Simulated;
using GpuLab.Geometry;

namespace GpuLab.Tests.Mig;

/// <summary>
/// A machine with GPUs that are not there: the library of tests/native/nvml over a folder of its own. In this process one at a time; other
/// processes take theirs from their environment.
/// </summary>
sealed partial class NvmlDouble : IDisposable
{
    static readonly Lazy<string> library = new(() => Build("libnvidia-ml.so.1"));
    static readonly Lazy<string> oldLibrary = new(() => Build("libnvidia-ml-old.so.1", "-DOLD_DRIVER"));

    public NvmlDouble(params string[] keys)
    {
        Folder = Directory.CreateTempSubdirectory("nvml").FullName;
        Uuids = [.. keys.Select(_ => $"GPU-{Guid.NewGuid()}")];
        Write("gpus", string.Concat(keys.Select((k, i) => Gpu(k, Uuids[i]))));
    }

    public string Folder { get; }

    public IReadOnlyList<string> Uuids { get; }

    public static string Library => library.Value;

    public static string OldLibrary => oldLibrary.Value;

    /// <summary>More of the environment of programs that are started on this machine.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string StateFolder => Path.Combine(Folder, "gpulab");

    public string LockFolder => Path.Combine(Folder, "locks");

    /// <summary>Makes this the machine that this process sees.</summary>
    public NvmlDouble Here()
    {
        Assert.Equal(0, double_use(Folder));
        return this;
    }

    public NvmlMigControl Open(int gpu = 0)
    {
        Here();
        return new(Uuids[gpu]);
    }

    public FileMigJournal Journal() => new(StateFolder, LockFolder);

    /// <summary>One of <c>gpus settings faults kill holders log</c>; empty removes it.</summary>
    public NvmlDouble Write(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        if (text.Length == 0) File.Delete(path);
        else File.WriteAllText(path, text.EndsWith('\n') ? text : text + "\n");
        return this;
    }

    public IReadOnlyList<(int Pid, string Call, int Status)> Log => [.. File.ReadAllLines(Path.Combine(Folder, "log")).Select(l => l.Split(' '))
        .Select(f => (int.Parse(f[0], CultureInfo.InvariantCulture), f[1], int.Parse(f[2], CultureInfo.InvariantCulture)))];

    /// <summary>Calls of all processes so far: the third word of the state.</summary>
    public int Count
    {
        get
        {
            using var file = new FileStream(Path.Combine(Folder, "state"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Span<byte> words = stackalloc byte[12];
            file.ReadExactly(words);
            return BitConverter.ToInt32(words[8..]);
        }
    }

    /// <summary>Starts gpulab on this machine.</summary>
    public Process Start(params string[] arguments) => StartWith(Library, arguments);

    public Process StartWith(string nvml, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "gpulab.dll"), .. arguments]) start.ArgumentList.Add(argument);
        foreach (var (variable, value) in Environment(nvml)) start.Environment[variable] = value;
        return Process.Start(start)!;
    }

    /// <summary>What makes a program find this machine.</summary>
    public Dictionary<string, string> Environment(string nvml)
    {
        Dictionary<string, string> environment = new()
        {
            ["GPULAB_NVML"] = nvml, ["GPULAB_CUDA"] = Cuda.CudaDouble.Library, ["GPULAB_DOUBLE"] = Folder, ["GPULAB_STATE"] = StateFolder, ["GPULAB_LOCKS"] = LockFolder,
        };
        foreach (var (variable, value) in Variables) environment[variable] = value;
        return environment;
    }

    public (int Exit, string Output, string Errors) Run(params string[] arguments) => End(Start(arguments));

    public static (int Exit, string Output, string Errors) End(Process process)
    {
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>From the data that ships, as tests/native/nvml/config.c reads it.</summary>
    static string Gpu(string key, string uuid)
    {
        var model = GpuCatalogue.Get(key);
        var text = new StringBuilder();
        var architecture = model.Architecture.Contains("Ampere", StringComparison.OrdinalIgnoreCase) ? 7 : model.Architecture.Contains("Hopper", StringComparison.OrdinalIgnoreCase) ? 9 : 10;
        text.AppendLine(CultureInfo.InvariantCulture,
            $"gpu {key} {uuid} {(model.PciDeviceIds is [var pci, ..] ? pci : "0")} {(long)(GpuCatalogue.Spec(model)?["memory"]?.Value ?? model.Profiles.Max(p => p.Memory) ?? 0)} {model.MemoryUnits} {model.ComputeSlices} {architecture} {(model.ModeNeedsReset == true ? 1 : 0)} 1 GpuLab double of {model.Product}");
        if (GpuCatalogue.Spec(model)?["sms"] is { } sms) text.AppendLine(CultureInfo.InvariantCulture, $"sms {sms.Value}");
        var control = new SimulatedMigControl(model);
        foreach (var p in model.Placeable)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"profile {p.Constant} {p.Id} {p.Name} {p.ComputeSlices} {p.MaxInstances} {p.Sms ?? 0} {(p.Memory ?? 0) >> 20} {p.Engines.Copy ?? 0} {p.Engines.Decode ?? 0} {p.Engines.Encode ?? 0} {p.Engines.Jpeg ?? 0} {p.Engines.OpticalFlow ?? 0} {(int)p.Media} {Places(p.Places!.Starts.Select(s => new MigPlace(s, p.Places.Size)))}");
            var instance = control.CreateGpuInstance(p.Id!.Value, null).Id;
            foreach (var c in control.GetComputeProfiles(instance))
                text.AppendLine(CultureInfo.InvariantCulture, $"compute {c.Constant} {c.Id} {c.SliceCount} {c.InstanceCount} {c.Sms ?? 0} {Places(control.GetComputePlacements(instance, c.Id))}");
            control.DestroyGpuInstance(instance);
        }
        return text.ToString();
    }

    static string Places(IEnumerable<MigPlace> places) => string.Join(' ', places.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Start},{p.Size}")).Prepend(places.Count().ToString(CultureInfo.InvariantCulture)));

    static string Build(string name, params string[] options) => NativeBuild.Of(name, ["nvml"], ["-Wl,-soname,libnvidia-ml.so.1", .. options]);

    [LibraryImport("nvml-double", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int double_use(string folder);

    /// <summary>The product in this process finds the double where a driver would be. Without a folder the double says that no driver is loaded.</summary>
#pragma warning disable CA2255 // before any test can touch the driver
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Install()
    {
        if (System.Environment.GetEnvironmentVariable("GPULAB_NVML") is null) System.Environment.SetEnvironmentVariable("GPULAB_NVML", Library);
        if (System.Environment.GetEnvironmentVariable("GPULAB_CUDA") is null) System.Environment.SetEnvironmentVariable("GPULAB_CUDA", Cuda.CudaDouble.Library);
        if (System.Environment.GetEnvironmentVariable("GPULAB_CUBLASLT") is null) System.Environment.SetEnvironmentVariable("GPULAB_CUBLASLT", Cuda.CudaDouble.Cublas);
        if (System.Environment.GetEnvironmentVariable("GPULAB_NVRTC") is null) System.Environment.SetEnvironmentVariable("GPULAB_NVRTC", Cuda.CudaDouble.Nvrtc);
        NativeLibrary.SetDllImportResolver(typeof(NvmlDouble).Assembly, (name, _, _) => name switch
        {
            "nvml-double" => NativeLibrary.Load(Library),
            "cuda-double" => NativeLibrary.Load(Cuda.CudaDouble.Library),
            _ => 0,
        });
    }
}

/// <summary>The double is one to a process, so its tests run one after another.</summary>
[CollectionDefinition(nameof(NvmlDouble), DisableParallelization = true)]
public sealed class NvmlDoubleCollection;
