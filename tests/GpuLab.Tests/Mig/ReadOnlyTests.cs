using GpuLab.Tests.EndToEnd;

namespace GpuLab.Tests.Mig;

/// <summary>What looks at a GPU and may be run on anybody's: it answers, and changes and writes nothing. On a double and, where there is one, on a real GPU.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class ReadOnlyTests
{
    static readonly string[][] verbs =
    [
        ["devices", "--details"], ["profiles", "--on", "gpu:0"], ["layouts", "--on", "gpu:0", "--count"], ["layouts", "--on", "gpu:0", "--maximal", "--json"], ["partition", "plan", "whole", "--on", "gpu:0"],
    ];

    [Fact]
    public async Task On_a_double_nothing_is_changed()
    {
        using var machine = new NvmlDouble("h200-141gb");
        await Answers(new() { ["GPULAB_NVML"] = NvmlDouble.Library, ["GPULAB_CUDA"] = Cuda.CudaDouble.Library, ["GPULAB_DOUBLE"] = machine.Folder, ["GPULAB_LOCKS"] = machine.LockFolder }, Path.Combine(machine.Folder, "state-of-ours"));
    }

    [RealGpuFact]
    public async Task On_a_real_gpu_nothing_is_changed()
    {
        var folder = Directory.CreateTempSubdirectory("gpulab-state-");
        await Answers([], Path.Combine(folder.FullName, "state"));
        folder.Delete(recursive: true);
    }

    static async Task Answers(Dictionary<string, string?> environment, string state)
    {
        environment["GPULAB_STATE"] = state;
        Task<Ended> Run(string[] words) => Gpulab.Execute([.. Gpulab.Built, .. words], environment: environment);
        var before = await Run(["partition", "export", "--on", "gpu:0"]);
        Assert.True(before.Code == 0, before.ToString());
        foreach (var words in verbs)
        {
            var ended = await Run(words);
            // A GPU without MIG is told as such.
            Assert.True(ended.Code == 0 || ended.Error.Contains("no MIG", StringComparison.Ordinal), $"{string.Join(' ', words)}: {ended}");
        }
        Assert.Equal(before.Out, (await Run(["partition", "export", "--on", "gpu:0"])).Out);
        Assert.False(Directory.Exists(state) && Directory.EnumerateFileSystemEntries(state).Any(), "a state folder was written");
    }
}

/// <summary>A test that needs an NVIDIA driver with a GPU.</summary>
sealed class RealGpuFactAttribute : FactAttribute
{
    public RealGpuFactAttribute() => Skip = Directory.Exists("/proc/driver/nvidia/gpus") ? null : "there is no NVIDIA GPU on this machine";
}
