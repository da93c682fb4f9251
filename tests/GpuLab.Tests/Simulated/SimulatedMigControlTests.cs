using GpuLab.Control.Mig;
using GpuLab.Control.Simulated;
using GpuLab.Geometry;

namespace GpuLab.Tests.Simulated;

public sealed class SimulatedMigControlTests
{
    const int OneSlice = 19, TwoSlices = 14, ThreeSlices = 9, Whole = 0;

    static SimulatedMigControl A100(SimulatedDriver? driver = null, VirtualClock? clock = null) => new(GpuCatalogue.Get("a100-40gb"), driver, clock);

    static NvmlReturn Status(Action call) => Assert.Throws<NvmlException>(call).Status;

    [Fact]
    public void An_occupied_place_is_insufficient_resources()
    {
        var control = A100();
        control.CreateGpuInstance(ThreeSlices, new(4, 4));
        Assert.Equal(NvmlReturn.InsufficientResources, Status(() => control.CreateGpuInstance(ThreeSlices, new(4, 4))));
        Assert.Equal(NvmlReturn.InsufficientResources, Status(() => control.CreateGpuInstance(OneSlice, new(5, 1))));
        Assert.Equal(NvmlReturn.InvalidArgument, Status(() => control.CreateGpuInstance(ThreeSlices, new(2, 4))));
        Assert.Equal(NvmlReturn.InvalidArgument, Status(() => control.CreateGpuInstance(77, new(0, 4))));
        Assert.Single(control.GetGpuInstances());
    }

    [Fact]
    public void With_places_left_to_the_driver_the_order_decides()
    {
        var small = A100();
        foreach (var id in (int[])[OneSlice, OneSlice, TwoSlices]) small.CreateGpuInstance(id, null);
        Assert.Equal(NvmlReturn.InsufficientResources, Status(() => small.CreateGpuInstance(ThreeSlices, null)));
        var large = A100();
        foreach (var id in (int[])[ThreeSlices, TwoSlices, OneSlice, OneSlice]) large.CreateGpuInstance(id, null);
        Assert.Equal(4, large.GetGpuInstances().Count);
    }

    [Fact]
    public void Only_one_media_extension_instance_exists_at_a_time()
    {
        var control = A100();
        control.CreateGpuInstance(20, null);
        Assert.Equal(NvmlReturn.InsufficientResources, Status(() => control.CreateGpuInstance(20, null)));
        Assert.Equal(0, control.GetRemainingCapacity(20));
        Assert.Equal(6, control.GetRemainingCapacity(OneSlice));
    }

    [Fact]
    public void Ids_are_positional_and_used_again()
    {
        var control = A100();
        var ids = Enumerable.Range(0, 7).Select(s => control.CreateGpuInstance(OneSlice, new(s, 1)).Id).ToArray();
        Assert.Equal([7, 8, 9, 10, 11, 12, 13], ids);
        control.DestroyGpuInstance(9);
        Assert.Equal(9, control.CreateGpuInstance(OneSlice, new(2, 1)).Id);
        var halves = A100();
        Assert.Equal((1, 2), (halves.CreateGpuInstance(ThreeSlices, new(0, 4)).Id, halves.CreateGpuInstance(ThreeSlices, new(4, 4)).Id));
        Assert.Equal(0, A100().CreateGpuInstance(Whole, null).Id);
        var pro = new SimulatedMigControl(GpuCatalogue.Get("rtx-pro-6000-96gb"));
        Assert.Equal([3, 4, 5, 6], Enumerable.Range(0, 4).Select(i => pro.CreateGpuInstance(14, new(3 * i, 3)).Id));
    }

    [Fact]
    public void Destroying_goes_from_the_inside_out()
    {
        var control = A100();
        var instance = control.CreateGpuInstance(ThreeSlices, new(0, 4)).Id;
        var compute = control.CreateComputeInstance(instance, 2, null).Id;
        Assert.Equal(NvmlReturn.InUse, Status(() => control.DestroyGpuInstance(instance)));
        control.Hold(1, instance, compute);
        Assert.Equal(NvmlReturn.InUse, Status(() => control.DestroyComputeInstance(instance, compute)));
        control.Hold(0, instance, compute);
        control.DestroyComputeInstance(instance, compute);
        Assert.Equal(NvmlReturn.NotFound, Status(() => control.DestroyComputeInstance(instance, compute)));
        control.DestroyGpuInstance(instance);
        Assert.Equal(NvmlReturn.NotFound, Status(() => control.DestroyGpuInstance(instance)));
    }

    [Fact]
    public void A_client_on_the_parent_blocks_creation()
    {
        var control = A100();
        control.Hold(1);
        Assert.Equal(NvmlReturn.InUse, Status(() => control.CreateGpuInstance(OneSlice, null)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_place_comes_back_with_the_same_uuid_or_another(bool changes)
    {
        var control = A100(new(ChangesUuids: changes));
        string Made()
        {
            var instance = control.CreateGpuInstance(ThreeSlices, new(4, 4)).Id;
            var compute = control.CreateComputeInstance(instance, 2, null).Id;
            var uuid = control.GetUuid(instance, compute);
            control.DestroyComputeInstance(instance, compute);
            control.DestroyGpuInstance(instance);
            return uuid;
        }
        var first = Made();
        Assert.StartsWith("MIG-", first, StringComparison.Ordinal);
        Assert.Equal(changes, first != Made());
    }

    [Fact]
    public void On_ampere_the_mode_waits_for_a_reset_and_the_reset_takes_all_instances()
    {
        var control = A100(new(Enabled: false));
        Assert.Equal(NvmlReturn.NotSupported, Status(() => control.CreateGpuInstance(OneSlice, null)));
        Assert.Equal(NvmlReturn.ResetRequired, control.SetMode(true));
        Assert.Equal(new(false, true), control.GetMode());
        control.Reset();
        Assert.Equal(new(true, true), control.GetMode());
        control.CreateGpuInstance(OneSlice, null);
        control.Reset();
        Assert.Empty(control.GetGpuInstances());
    }

    [Fact]
    public void On_hopper_the_mode_changes_at_once_unless_somebody_holds_the_gpu()
    {
        var control = new SimulatedMigControl(GpuCatalogue.Get("h200-141gb"), new(Enabled: false));
        control.Hold(1);
        Assert.Equal(NvmlReturn.InUse, control.SetMode(true));
        Assert.Equal(new(false, false), control.GetMode());
        control.Hold(0);
        Assert.Equal(NvmlReturn.Success, control.SetMode(true));
        Assert.Equal(new(true, true), control.GetMode());
    }

    [Fact]
    public void Destroying_takes_time_on_the_virtual_clock_only()
    {
        var clock = new VirtualClock();
        var control = A100(new(DestroyTime: TimeSpan.FromHours(1)), clock);
        var id = control.CreateGpuInstance(OneSlice, null).Id;
        control.DestroyGpuInstance(id);
        Assert.True(clock.Elapsed >= TimeSpan.FromHours(1));
    }

    [Fact]
    public void Faults_strike_at_the_nth_call_once_or_for_good_and_may_lie()
    {
        var control = A100(new(Faults: [new("CreateGpuInstance", 2, NvmlReturn.Unknown), new("GetMode", 2, NvmlReturn.GpuIsLost, ForGood: true), new("DestroyGpuInstance", 1, NvmlReturn.Timeout, Done: true)]));
        control.CreateGpuInstance(OneSlice, new(0, 1));
        var error = Assert.Throws<NvmlException>(() => control.CreateGpuInstance(OneSlice, new(1, 1)));
        Assert.Equal(NvmlReturn.Unknown, error.Status);
        Assert.Contains("nvmlDeviceCreateGpuInstanceWithPlacement(dev, 19, {1,1})", error.Message, StringComparison.Ordinal);
        control.CreateGpuInstance(OneSlice, new(1, 1));
        control.GetMode();
        for (var i = 0; i < 3; i++) Assert.Equal(NvmlReturn.GpuIsLost, Status(() => control.GetMode()));
        Assert.Equal(NvmlReturn.Timeout, Status(() => control.DestroyGpuInstance(7)));
        Assert.Equal(8, Assert.Single(control.GetGpuInstances()).Id);
    }

    [Fact]
    public void Compute_instances_have_places_of_their_own()
    {
        var control = A100();
        var instance = control.CreateGpuInstance(ThreeSlices, new(0, 4)).Id;
        Assert.Equal([new(0, 2)], control.GetComputePlacements(instance, 1));
        control.CreateComputeInstance(instance, 0, new(0, 1));
        Assert.Equal(NvmlReturn.InsufficientResources, Status(() => control.CreateComputeInstance(instance, 1, null)));
        Assert.Equal(NvmlReturn.InvalidArgument, Status(() => control.CreateComputeInstance(instance, 3, null)));
        var doubled = control.CreateGpuInstance(15, new(4, 2)).Id;
        Assert.Equal(7, Assert.Single(control.GetComputeProfiles(doubled)).Constant);
    }

    [Fact]
    public void The_state_survives_being_written_down_and_is_shared_by_file()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var path = Path.Combine(folder, "gpu.json");
        try
        {
            var one = new SimulatedMigControl(GpuCatalogue.Get("a100-40gb"), store: new SimulatedMigFile(path, SimulatedMigState.Initial(true)));
            var other = new SimulatedMigControl(GpuCatalogue.Get("a100-40gb"), store: new SimulatedMigFile(path, SimulatedMigState.Initial(true)));
            var id = one.CreateGpuInstance(ThreeSlices, new(4, 4)).Id;
            one.CreateComputeInstance(id, 2, null);
            Assert.Equal(one.GetGpuInstances(), other.GetGpuInstances());
            Assert.Equal(one.GetUuid(id, 0), other.GetUuid(id, 0));
            Assert.Equal(other.State.ToJson(), SimulatedMigState.FromJson(other.State.ToJson()).ToJson());
            Parallel.For(0, 3, i => (i == 0 ? one : other).CreateGpuInstance(OneSlice, null));
            Assert.Equal(4, other.GetGpuInstances().Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_the_driver_reports_makes_the_same_geometry_again()
    {
        foreach (var model in GpuCatalogue.All.Where(m => m.Unknown is null))
        {
            var read = MigGeometry.Read(new SimulatedMigControl(model), model.Key);
            Assert.Equal((model.MemoryUnits, model.ComputeSlices), (read.MemoryUnits, read.ComputeSlices));
            Assert.Equal(new LayoutSpace(model).CountPlaced(new(Splits: ComputeSplits.Full)), new LayoutSpace(read).CountPlaced(new(Splits: ComputeSplits.Full)));
        }
    }

    [Fact]
    public void Without_known_places_no_driver_is_simulated()
    {
        Assert.Throws<GeometryException>(() => new SimulatedMigControl(GpuCatalogue.Get("rtx-pro-4500-32gb")));
        var device = SimulatedDevice.Open("sim:rtx-pro-4500-32gb");
        Assert.Equal("none", Assert.Single(device.Partitioners).Name);
        Assert.Contains("not known", device.Facts.Details["MIG"], StringComparison.Ordinal);
    }
}
