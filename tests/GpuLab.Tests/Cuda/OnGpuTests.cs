using System.Diagnostics;
using System.Text.Json;
using GpuLab.Tests.EndToEnd;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>The one command for a machine with a GPU, on a machine of doubles.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class OnGpuTests
{
    [Fact]
    public async Task Everything_is_tried_kept_in_one_small_folder_and_no_setting_is_changed()
    {
        using var machine = new CudaDouble("h200-141gb");
        // MIG mode is on, so nothing that needs the whole GPU can be had, and nothing switches it off.
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "log"), "");
        var folder = Path.Combine(machine.Folder, "results");
        var ended = await Gpulab.Execute([Path.Combine(Sources.Root, "scripts/on-gpu"), folder], machine.Folder,
            new Dictionary<string, string?>(machine.Environment.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))) { ["GPULAB"] = Path.Combine(AppContext.BaseDirectory, "gpulab") });
        var steps = (await File.ReadAllLinesAsync(Path.Combine(folder, "steps.txt"))).Select(l => l.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToDictionary(s => s[0], s => s[1]);
        Assert.True(steps["devices"].StartsWith("ok", StringComparison.Ordinal) && steps["doctor"].StartsWith("ok", StringComparison.Ordinal), ended.ToString());
        Assert.Contains("CUDA_ERROR_NO_DEVICE", steps["ceilings"], StringComparison.Ordinal);
        Assert.Equal(1, ended.Code);
        Assert.Equal("gpu:0", JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "devices.out"))).RootElement[0].GetProperty("device").GetString());
        Assert.DoesNotContain(machine.Nvml.Log, l => l.Call.Contains("Set", StringComparison.Ordinal) || l.Call.Contains("Create", StringComparison.Ordinal) || l.Call.Contains("Destroy", StringComparison.Ordinal));
        Assert.InRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), 1, 16 << 20);
    }

    [Fact]
    public void A_folder_with_something_in_it_is_left_alone()
    {
        using var machine = new CudaDouble("h200-141gb");
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Sources.Root, "scripts/on-gpu"), [machine.Folder]) { RedirectStandardError = true, Environment = { ["GPULAB"] = "/bin/true" } })!;
        var errors = script.StandardError.ReadToEnd();
        script.WaitForExit();
        Assert.Equal(2, script.ExitCode);
        Assert.Contains("is not empty", errors, StringComparison.Ordinal);
    }
}
