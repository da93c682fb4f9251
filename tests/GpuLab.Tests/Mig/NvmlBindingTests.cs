using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using GpuLab.Geometry;

namespace GpuLab.Tests.Mig;

[Collection(nameof(NvmlDouble))]
public sealed class NvmlBindingTests
{
    [Fact]
    public void Structs_have_the_sizes_of_the_header()
    {
        Assert.Equal(48, Unsafe.SizeOf<nvmlGpuInstanceProfileInfo_t>());
        Assert.Equal(152, Unsafe.SizeOf<nvmlGpuInstanceProfileInfo_v2_t>());
        Assert.Equal(0x02000098u, nvmlGpuInstanceProfileInfo_v2_t.Version);
        Assert.Equal(36, Unsafe.SizeOf<nvmlComputeInstanceProfileInfo_t>());
        Assert.Equal(8, Unsafe.SizeOf<nvmlPlacement_t>());
        Assert.Equal(24, Unsafe.SizeOf<nvmlGpuInstanceInfo_t>());
        Assert.Equal(32, Unsafe.SizeOf<nvmlComputeInstanceInfo_t>());
        Assert.Equal(24, Unsafe.SizeOf<nvmlMemory_t>());
        Assert.Equal(68, Unsafe.SizeOf<nvmlPciInfo_t>());
        Assert.Equal(40, Unsafe.SizeOf<nvmlFieldValue_t>());
        Assert.Equal(24, Unsafe.SizeOf<nvmlProcessInfo_t>());
    }

    /// <summary>Against the struct definitions that cgo generated from nvml.h for NVIDIA's Go binding (pkg/nvml/types_gen.go).</summary>
    [Theory]
    [InlineData(typeof(nvmlGpuInstanceProfileInfo_t), "sliceCount", 8)]
    [InlineData(typeof(nvmlGpuInstanceProfileInfo_t), "ofaCount", 36)]
    [InlineData(typeof(nvmlGpuInstanceProfileInfo_t), "memorySizeMB", 40)]
    [InlineData(typeof(nvmlGpuInstanceProfileInfo_v2_t), "id", 4)]
    [InlineData(typeof(nvmlGpuInstanceProfileInfo_v2_t), "ofaCount", 40)]
    [InlineData(typeof(nvmlGpuInstanceProfileInfo_v2_t), "memorySizeMB", 48)]
    [InlineData(typeof(nvmlGpuInstanceProfileInfo_v2_t), "name", 56)]
    [InlineData(typeof(nvmlComputeInstanceProfileInfo_t), "sharedOfaCount", 32)]
    [InlineData(typeof(nvmlGpuInstanceInfo_t), "id", 8)]
    [InlineData(typeof(nvmlGpuInstanceInfo_t), "placement", 16)]
    [InlineData(typeof(nvmlComputeInstanceInfo_t), "gpuInstance", 8)]
    [InlineData(typeof(nvmlComputeInstanceInfo_t), "profileId", 20)]
    [InlineData(typeof(nvmlComputeInstanceInfo_t), "placement", 24)]
    [InlineData(typeof(nvmlMemory_t), "used", 16)]
    [InlineData(typeof(nvmlPciInfo_t), "domain", 16)]
    [InlineData(typeof(nvmlPciInfo_t), "pciDeviceId", 28)]
    [InlineData(typeof(nvmlPciInfo_t), "busId", 36)]
    [InlineData(typeof(nvmlFieldValue_t), "timestamp", 8)]
    [InlineData(typeof(nvmlFieldValue_t), "nvmlReturn", 28)]
    [InlineData(typeof(nvmlFieldValue_t), "value", 32)]
    [InlineData(typeof(nvmlProcessInfo_t), "usedGpuMemory", 8)]
    [InlineData(typeof(nvmlProcessInfo_t), "gpuInstanceId", 16)]
    public void Fields_lie_where_the_header_puts_them(Type type, string field, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf(type, field));

    [Theory]
    [InlineData("a30-24gb")]
    [InlineData("a100-40gb")]
    [InlineData("h100-sxm-80gb")]
    [InlineData("h200-141gb")]
    public void What_the_driver_reports_is_the_geometry_that_ships(string key)
    {
        using var machine = new NvmlDouble(key);
        var read = MigGeometry.Read(machine.Open(), key);
        var model = GpuCatalogue.Get(key);
        Assert.Equal((model.MemoryUnits, model.ComputeSlices), (read.MemoryUnits, read.ComputeSlices));
        Assert.Equal(model.Placeable.Select(p => p.Name).Order(), read.Profiles.Select(p => p.Name).Order());
        Assert.Equal(new LayoutSpace(model).CountPlaced(new()), new LayoutSpace(read).CountPlaced(new()));
    }

    [Fact]
    public void A_mode_change_that_the_call_reports_as_done_is_not_believed()
    {
        using var machine = new NvmlDouble("h200-141gb", "a100-40gb").Write("holders", "0 4242");
        var control = machine.Open();
        Assert.Equal(NvmlReturn.InUse, control.SetMode(false));
        Assert.True(control.GetMode().Current);
        var ampere = machine.Open(1);
        Assert.Equal(NvmlReturn.ResetRequired, ampere.SetMode(false));
        Assert.Equal(new(true, false), ampere.GetMode());
        Assert.True(ampere.Gpu.ModeNeedsReset);
        Assert.False(control.Gpu.ModeNeedsReset);
    }

    [Fact]
    public void A_failure_names_the_call_its_arguments_and_the_code()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        control.CreateGpuInstance(9, new(4, 4));
        var taken = Assert.Throws<NvmlException>(() => control.CreateGpuInstance(19, new(5, 1)));
        Assert.StartsWith("nvmlDeviceCreateGpuInstanceWithPlacement(19, {5,1}): INSUFFICIENT_RESOURCES", taken.Message, StringComparison.Ordinal);
        machine.Write("settings", "no-permission");
        Assert.Contains("root", Assert.Throws<NvmlException>(() => control.DestroyGpuInstance(2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_is_recognised_and_processes_on_mig_devices_are_seen()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var instance = control.CreateGpuInstance(9, new(4, 4)).Id;
        var compute = control.CreateComputeInstance(instance, 2, null).Id;
        machine.Write("holders", FormattableString.Invariant($"0 {Environment.ProcessId} {instance} {compute}"));
        var holder = Assert.Single(control.GetHolders());
        Assert.Equal(new(Environment.ProcessId, instance, compute), holder);
        Assert.Contains(FormattableString.Invariant($"pid {Environment.ProcessId}, user {Environment.UserName}"), holder.Describe(), StringComparison.Ordinal);
        machine.Write("settings", "vgpu");
        Assert.True(new NvmlMigControl(machine.Uuids[0]).Gpu.VgpuGuest);
    }

    [Fact]
    public void A_driver_without_the_newer_calls_is_cut_all_the_same()
    {
        using var machine = new NvmlDouble("a100-40gb");
        var profiles = NvmlDouble.End(machine.StartWith(NvmlDouble.OldLibrary, "profiles", "--on", "gpu:0"));
        Assert.True(profiles.Exit == 0, profiles.Errors);
        Assert.Contains("3g.20gb", profiles.Output, StringComparison.Ordinal);
        var applied = NvmlDouble.End(machine.StartWith(NvmlDouble.OldLibrary, "partition", "apply", "3g.20gb@4+2g.10gb"));
        Assert.True(applied.Exit == 0, applied.Errors);
        Assert.Equal(0, machine.Run("partition", "assert", "3g.20gb@4+2g.10gb").Exit);
    }

    [Fact]
    public void Without_a_driver_one_sentence_says_so()
    {
        using var machine = new NvmlDouble("a100-40gb");
        var (exit, output, errors) = NvmlDouble.End(machine.StartWith("/nowhere/libnvidia-ml.so.1", "profiles", "--on", "gpu:0"));
        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("there is no NVIDIA driver on this machine", Assert.Single(errors.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(0, NvmlDouble.End(machine.StartWith("/nowhere/libnvidia-ml.so.1", "devices")).Exit);
    }
}
