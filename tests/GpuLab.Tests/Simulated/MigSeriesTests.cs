using GpuLab.Control;
using GpuLab.Control.Mig;
using GpuLab.Control.Simulated;
using GpuLab.Geometry;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Simulated;

/// <summary>One layout after another: the least change between them, and what was found at the end.</summary>
public sealed class MigSeriesTests
{
    static SimulatedDevice Device(string key, params SimulatedFault[] faults) => new(GpuCatalogue.Get(key), driver: new(Faults: faults));

    static MigPartitioner Mig(SimulatedDevice device) => (MigPartitioner)device.Partitioners[0];

    /// <summary>Somebody's layout: a 3g and a 1g.</summary>
    static MigSnapshot Found(SimulatedMigControl control)
    {
        control.CreateComputeInstance(control.CreateGpuInstance(9, new(4, 4)).Id, 2, null);
        control.CreateComputeInstance(control.CreateGpuInstance(19, new(2, 1)).Id, 0, null);
        return MigSnapshot.Read(control);
    }

    static (int Made, int Gone) Calls(SimulatedDevice device) =>
        (device.Mig!.State.Calls.GetValueOrDefault("CreateGpuInstance"), device.Mig.State.Calls.GetValueOrDefault("DestroyGpuInstance"));

    static HashSet<(int, MigPlace)> Keys(MigSnapshot s) => [.. s.Instances.Select(i => (i.ProfileId, i.Place))];

    [Theory]
    [InlineData("a30-24gb")]
    [InlineData("a100-40gb")]
    [InlineData("h200-141gb")]
    public async Task Between_any_two_layouts_only_what_differs_is_destroyed_and_created(string key)
    {
        var device = Device(key);
        var before = MigSnapshot.Read(device.Mig!);
        var all = new LayoutSpace(Mig(device).Geometry).Placed(new()).ToArray();
        new Random(1).Shuffle(all);
        await using (var series = await Mig(device).Begin(default))
        {
            foreach (var placed in all.Take(300))
            {
                var (was, calls) = (Keys(MigSnapshot.Read(device.Mig!)), Calls(device));
                await using var partition = await series.Next(placed.Layout, anew: false, default);
                var now = Keys(MigSnapshot.Read(device.Mig!));
                Assert.True(now.SetEquals(placed.Instances.Select(i => (i.Profile.Id!.Value, new MigPlace(i.Start, i.Size)))));
                Assert.Equal((calls.Made + now.Except(was).Count(), calls.Gone + was.Except(now).Count()), Calls(device));
                Assert.Equal(now.Except(was).Count(), partition.Steps.Count(s => s is { Probe: "control.create", Metric: "instance" }));
                Assert.Equal(was.Except(now).Count(), partition.Steps.Count(s => s is { Probe: "control.destroy", Metric: "instance" }));
            }
        }
        Assert.True(MigSnapshot.Read(device.Mig!).SameAs(before));
    }

    [Fact]
    public async Task Steps_name_what_they_changed_with_its_place_and_take_virtual_time()
    {
        var device = Device("h200-141gb");
        Found(device.Mig!);
        await using var series = await Mig(device).Begin(default);
        await using var partition = await series.Next(Layout.Parse("3g.71gb@4(1c+2c)+2g.35gb@0"), anew: false, default);
        Assert.Equal(
            ["control.destroy/compute 1g.18gb@2", "control.destroy/instance 1g.18gb@2", "control.destroy/compute 3g.71gb@4", "control.create/compute 3g.71gb@4", "control.create/compute 3g.71gb@4", "control.create/instance 2g.35gb@0", "control.create/compute 2g.35gb@0"],
            partition.Steps.Select(s => $"{s.Probe}/{s.Metric} {s.Slice}"));
        Assert.Equal(1.0, partition.Steps.Single(s => s is { Probe: "control.destroy", Metric: "instance" }).Seconds, 6);
        Assert.All(partition.Steps.Where(s => s.Probe == "control.create"), s => Assert.Equal(0.2, s.Seconds, 6));
    }

    [Fact]
    public async Task Made_anew_nothing_stays()
    {
        var device = Device("h200-141gb");
        var found = Found(device.Mig!);
        await using (var series = await Mig(device).Begin(default))
        {
            for (var i = 0; i < 3; i++)
            {
                var calls = Calls(device);
                await using var partition = await series.Next(Layout.Parse("2x3g.71gb"), anew: true, default);
                Assert.Equal((calls.Made + 2, calls.Gone + 2), Calls(device));
            }
        }
        Assert.True(MigSnapshot.Read(device.Mig!).SameAs(found));
    }

    [Fact]
    public async Task The_mode_is_switched_and_switched_back()
    {
        var device = Device("h200-141gb");
        var found = Found(device.Mig!);
        await using (var series = await Mig(device).Begin(default))
        {
            await using (var whole = await series.Next(Layout.Whole, anew: false, default))
            {
                Assert.Contains(whole.Steps, s => s is { Probe: "control.mode", Metric: "off", Slice: "whole" });
                Assert.False(device.Mig!.GetMode().Current);
            }
            await using var cut = await series.Next(Layout.Parse("7x1g.18gb"), anew: false, default);
            Assert.Contains(cut.Steps, s => s is { Probe: "control.mode", Metric: "on" });
        }
        Assert.True(MigSnapshot.Read(device.Mig!).SameAs(found));
    }

    [Fact]
    public async Task An_instance_that_appears_meanwhile_is_never_touched()
    {
        var device = Device("h200-141gb");
        var found = Found(device.Mig!);
        var series = await Mig(device).Begin(default);
        await using (await series.Next(Layout.Parse("4g.71gb@0"), anew: false, default)) device.Mig!.CreateGpuInstance(19, new(6, 1));
        var error = await Assert.ThrowsAsync<PartitionException>(async () => await series.Next(Layout.Parse("7x1g.18gb"), anew: false, default));
        Assert.Contains("{6,1}", error.Message, StringComparison.Ordinal);
        // What was found at that place can come back only around it.
        Assert.Contains("{6,1}", (await Assert.ThrowsAsync<PartitionException>(async () => await series.DisposeAsync())).Message, StringComparison.Ordinal);
        Assert.Contains(MigSnapshot.Read(device.Mig!).Instances, i => i.Place == new MigPlace(6, 1));
        Assert.Contains(MigSnapshot.Read(device.Mig!).Instances, i => i.Place == found.Instances[0].Place);
    }

    [Theory]
    [InlineData("CreateGpuInstance")]
    [InlineData("DestroyGpuInstance")]
    [InlineData("CreateComputeInstance")]
    [InlineData("DestroyComputeInstance")]
    [InlineData("GetGpuInstances")]
    [InlineData("GetUuid")]
    public async Task Whichever_call_fails_in_the_middle_of_a_series_what_was_found_comes_back(string call)
    {
        var struck = 0;
        for (var nth = 1; nth < 80; nth++)
        {
            var store = new SimulatedMigMemory(SimulatedMigState.Initial(true));
            var clean = new SimulatedMigControl(GpuCatalogue.Get("h200-141gb"), store: store);
            var found = Found(clean);
            var device = new SimulatedDevice(GpuCatalogue.Get("h200-141gb"), driver: new(Faults: [new(call, clean.State.Calls.GetValueOrDefault(call) + nth, NvmlReturn.Timeout)]), store: store);
            try
            {
                await using var series = await Mig(device).Begin(default);
                foreach (var layout in (string[])["7x1g.18gb", "4g.71gb(2x2c)+3g.71gb", "3g.71gb@4+1g.18gb@2", "2x3g.71gb"])
                {
                    await using var partition = await series.Next(Layout.Parse(layout), anew: false, default);
                }
            }
            catch (PartitionException)
            {
                struck++;
            }
            Assert.True(MigSnapshot.Read(clean).SameAs(found), $"{call} number {nth}: {MigSnapshot.Read(clean)}");
        }
        Assert.True(struck > 3);
    }

    [Fact]
    public void Layouts_are_ordered_so_that_little_changes()
    {
        var device = Device("h200-141gb");
        Layout[] layouts = [.. ((string[])["7x1g.18gb", "4g.71gb@0+3g.71gb@4", "1g.18gb@0+1g.18gb@1+1g.18gb@2+3g.71gb@4", "whole", "2g.35gb@0+1g.18gb@2+3g.71gb@4"]).Select(l => Layout.Parse(l))];
        var cuts = Mig(device).Order(layouts, 1, anew: false);
        Assert.Equal(Enumerable.Range(0, 5), cuts.Select(c => c.Layout).Order());
        Assert.True(cuts.Sum(c => c.Created) <= 13, $"{cuts.Sum(c => c.Created)}");
        Assert.Equal(1, cuts.Count(c => c.SwitchesMode && layouts[c.Layout].IsWhole));
        Assert.Equal(cuts, Mig(device).Order(layouts, 1, anew: false));
        Assert.Equal(7 + 2 + 4 + 0 + 3, Mig(device).Order(layouts, 1, anew: true).Sum(c => c.Created));
    }

    [Fact]
    public void Families_of_layouts_come_from_the_geometry()
    {
        var mig = Mig(Device("h200-141gb"));
        Assert.Contains(Layout.Parse("7x1g.18gb"), mig.Generate("uniform"));
        Assert.Contains(Layout.Parse("2x3g.71gb"), mig.Generate("uniform"));
        Assert.All(mig.Generate("uniform"), l => Assert.Single(l.Items.Select(i => i.Profile).Distinct()));
        Assert.Equal((int)new LayoutSpace(mig.Geometry).CountMultisets(new(Maximal: true)), mig.Generate("maximal").Count());
        Assert.Equal((int)new LayoutSpace(mig.Geometry).CountMultisets(new()), mig.Generate("all").Count());
        Assert.All(mig.Generate("all"), l => Assert.Null(mig.Place(l).Refusal));
    }

    [Fact]
    public void Without_permission_no_layout_is_planned_that_needs_another_mode()
    {
        var device = Device("h200-141gb");
        var careful = Mig(device).With(new(ChangeMode: false));
        Assert.Contains("--allow-mode-change", careful.Place(Layout.Whole).Refusal!, StringComparison.Ordinal);
        Assert.Null(careful.Place(Layout.Parse("7x1g.18gb")).Refusal);
        Assert.Null(Mig(device).Place(Layout.Whole).Refusal);
    }

    [Fact]
    public void Numbers_of_cells_do_not_depend_on_what_is_there()
    {
        static string[] Cells(SimulatedDevice device)
        {
            var sweep = SweepReader.Read("name: x\ndevice: sim:h200-141gb\nlayouts: [3g.71gb@4, 7x1g.18gb]\nprobes: [control.destroy, control.create, mem.read]", "x.yaml", Catalogue.Probes).Sweep!;
            var plan = Planner.Plan(sweep, device, (_, _, _) => null).Plan!;
            return [.. plan.Trials.Where(t => t.Repeat == 1).Select(t => $"{t.Id} {t.Cell}").Order()];
        }

        var (empty, taken) = (Device("h200-141gb"), Device("h200-141gb"));
        Found(taken.Mig!);
        Assert.Subset(Cells(taken).ToHashSet(), Cells(empty).Where(c => !c.Contains("control.create", StringComparison.Ordinal)).ToHashSet());
        Assert.NotEqual(Cells(empty), Cells(taken));
    }
}
