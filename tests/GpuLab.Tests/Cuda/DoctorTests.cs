using System.Text.Json;
using GpuLab.Control.Health;
using GpuLab.Control.Host;
using GpuLab.Control.Mig;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

[Collection(nameof(NvmlDouble))]
public sealed class DoctorTests
{
    static readonly MachineHealth quiet = new(["performance"], null, null, new Dictionary<string, string?> { ["libcuda.so.1"] = null }, "595.45.04", "595.45.04",
        [("/dev/nvidia0", true), ("/dev/nvidia-uvm", true)], true, [0, 1]);

    static readonly GpuPlace near = new(0, [0, 1], "identity");

    static readonly GpuHealth well = new("gpu:0", "a GPU", "00000000:01:00.0") { HasMig = true, Persistent = true };

    public static TheoryData<string, string> States => new()
    {
        { "link-width 8", "link-width" }, { "link-generation 1", "link-generation" }, { "link-replays 101", "link-replays" }, { "clock-reasons 8", "slowdown" },
        { "clock-reasons 32", "thermal" }, { "clock-reasons 2", "application-clocks" }, { "power-limit 900", "power-limit" }, { "ecc-uncorrected 1", "ecc-uncorrected" },
        { "remap-pending 1", "remap-pending" }, { "remap-failed 1", "remap-failed" }, { "ecc-corrected 3", "ecc-corrected" }, { "ecc 0", "ecc-off" }, { "ecc-pending 0", "ecc-pending" },
        { "compute-mode 2", "compute-mode" }, { "compute-mode 3", "compute-mode" }, { "persistence 0", "persistence" }, { "clock-most 2", "memory-clock" },
    };

    [Fact]
    public void A_gpu_that_is_well_has_no_findings()
    {
        using var machine = new CudaDouble("h200-141gb");
        Assert.Empty(GpuChecks.Of(GpuHealth.Read("gpu:0", machine.Nvml.Open()), near, quiet));
        Assert.Empty(MachineChecks.Of(quiet, 1));
    }

    [Theory, MemberData(nameof(States))]
    public void What_makes_figures_low_is_found_with_what_to_do(string state, string gate)
    {
        using var machine = new CudaDouble("h200-141gb");
        machine.Nvml.Write("health", state);
        var finding = Assert.Single(GpuChecks.Of(GpuHealth.Read("gpu:0", machine.Nvml.Open()), near, quiet));
        Assert.Equal((gate, "gpu:0"), (finding.Gate, finding.Subject));
        Assert.EndsWith(".", finding.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_driver_does_not_answer_is_no_finding() => Assert.Empty(GpuChecks.Of(well, new(null, [], null), quiet with { Processors = [] }));

    [Fact]
    public void Where_a_gpu_is_attached_is_read_from_sysfs()
    {
        using var tree = new Host.FakeTree(1, 2, 1);
        tree.Write("sys/bus/pci/devices/0000:01:00.0/numa_node", "1").Write("sys/bus/pci/devices/0000:01:00.0/local_cpulist", "4-7").Write("sys/bus/pci/devices/0000:01:00.0/iommu_group/type", "DMA");
        var place = GpuPlace.Read(new(tree.Root), "00000000:01:00.0");
        Assert.Equal((1, "4-7", "DMA"), (place.Node!.Value, CpuList.Format(place.Cpus), place.Iommu));
        Assert.Equal(["numa", "iommu"], GpuChecks.Of(well, place, quiet).Select(f => f.Gate));
    }

    [Fact]
    public void Mig_states_and_others_are_told()
    {
        string[] Gates(GpuHealth gpu, bool root = true) => [.. GpuChecks.Of(gpu, near, quiet with { Root = root }).Select(f => f.Gate)];
        Assert.Equal(["mig-cut"], Gates(well with { Mig = new(true, true), Instances = 2 }));
        Assert.Equal(["mig-pending"], Gates(well with { Mig = new(true, false) }));
        Assert.Equal(["no-mig"], Gates(well with { HasMig = false }));
        Assert.Equal(["vgpu", "no-root"], Gates(well with { VgpuGuest = true }, root: false));
        Assert.Equal(["processes"], Gates(well with { Holders = [new MigHolder(Environment.ProcessId)] }));
    }

    [Fact]
    public void What_is_wrong_with_the_machine_is_found()
    {
        string[] Gates(MachineHealth machine, int gpus = 1) => [.. MachineChecks.Of(machine, gpus).Select(f => f.Gate)];
        Assert.Equal(["driver-mismatch"], Gates(quiet with { KernelModule = "580.1" }));
        Assert.Equal(["no-gpu"], Gates(quiet, 0));
        Assert.Equal(["driver"], Gates(quiet with { Libraries = new Dictionary<string, string?> { ["libcuda.so.1"] = "it was not found" } }));
        Assert.Equal(["permission"], Gates(quiet with { DeviceFiles = [("/dev/nvidia0", false), ("/dev/nvidia-uvm", true)] }));
        Assert.Equal(["nvidia-uvm"], Gates(quiet with { DeviceFiles = [("/dev/nvidia0", true)] }));
        Assert.Equal(["governor"], Gates(quiet with { Governors = ["powersave"] }));
        Assert.Equal(["one-processor"], Gates(quiet with { Processors = [3] }));
        Assert.Equal(["container", "virtual-machine"], Gates(quiet with { Container = "docker", Hypervisor = "yes (QEMU)" }));
    }

    [Fact]
    public void The_verb_looks_at_everything_and_says_what_makes_figures_invalid()
    {
        using var machine = new CudaDouble("h200-141gb");
        machine.Nvml.Write("health", "ecc-uncorrected 2\nlink-width 4");
        var (exit, output, errors) = machine.Nvml.Run("doctor", "--json");
        Assert.True(exit == 4, errors);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal("generation 5 of 5, 4 of 16 lanes", json.GetProperty("gpus")[0].GetProperty("link").GetString());
        var findings = json.GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(("invalid", "ecc-uncorrected"), (findings[0].GetProperty("severity").GetString(), findings[0].GetProperty("gate").GetString()));
        Assert.Contains(findings, f => f.GetProperty("gate").GetString() == "link-width");
        machine.Nvml.Write("health", "");
        var (healthy, text, _) = machine.Nvml.Run("doctor");
        Assert.Equal(0, healthy);
        Assert.Contains("GpuLab double of NVIDIA H200", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_gpu_it_looks_at_the_host()
    {
        using var machine = new CudaDouble("h200-141gb");
        machine.Nvml.Variables["GPULAB_CUDA"] = "/nowhere/libcuda.so.1";
        var (exit, output, errors) = NvmlDouble.End(machine.Nvml.StartWith("/nowhere/libnvidia-ml.so.1", "doctor", "--json"));
        Assert.True(exit == 0, errors);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0, json.GetProperty("gpus").GetArrayLength());
        Assert.Contains(json.GetProperty("findings").EnumerateArray(), f => f.GetProperty("subject").GetString() == "libcuda.so.1");
    }

    [Fact]
    public void A_driver_that_does_not_answer_is_a_finding()
    {
        using var machine = new CudaDouble("h200-141gb");
        machine.Nvml.Write("faults", "nvmlInit_v2 1 18");
        var (exit, output, errors) = machine.Nvml.Run("doctor", "--json");
        Assert.True(exit == 0, errors);
        Assert.Contains("LIB_RM_VERSION_MISMATCH", output, StringComparison.Ordinal);
    }
}
