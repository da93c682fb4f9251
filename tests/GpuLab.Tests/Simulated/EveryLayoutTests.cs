using GpuLab.Control.Mig;
using GpuLab.Control.Simulated;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Tests.Simulated;

/// <summary>The domain is finite, so all of it is tried: each layout is applied, read back from the driver, and undone.</summary>
public sealed class EveryLayoutTests
{
    public static TheoryData<string> Placeable => [.. GpuCatalogue.All.Where(m => m.Unknown is null).Select(m => m.Key)];

    [Theory]
    [MemberData(nameof(Placeable))]
    public async Task Every_placed_layout_is_applied_read_back_and_undone(string key)
    {
        var device = SimulatedDevice.Open(key);
        await All(device, new LayoutSpace(device.Model).Placed(new()).Select(p => p.Layout));
    }

    [Theory]
    [InlineData("a30-24gb")]
    [InlineData("a100-40gb")]
    [InlineData("rtx-pro-6000-96gb")]
    public async Task Every_maximal_layout_with_every_cut_into_compute_instances_is_applied_read_back_and_undone(string key)
    {
        var device = SimulatedDevice.Open(key);
        await All(device, new LayoutSpace(device.Model).Multisets(new(Maximal: true, Splits: ComputeSplits.Partial)));
    }

    static async Task All(SimulatedDevice device, IEnumerable<Layout> layouts)
    {
        var control = device.Mig!;
        var mig = (MigPartitioner)device.Partitioners[0];
        var before = control.State.Instances;
        var count = 0;
        foreach (var layout in layouts)
        {
            var planned = mig.Place(layout);
            Assert.Null(planned.Refusal);
            await using (var partition = await mig.Apply(layout, default))
            {
                Assert.Equal(planned.Slices.Select(s => s.Name), partition.Slices.Select(s => s.Name));
                Assert.Equal(partition.Slices.Count, partition.Slices.Select(s => s.Environment["CUDA_VISIBLE_DEVICES"]).Distinct().Count());
                Assert.Equal(partition.Slices.Count, partition.Slices.Select(s => s.Name).Distinct().Count());
                Assert.Equal(Written(layout, places: false), Live(control, device.Model, places: false));
                if (layout.Items.All(i => i.Start is not null)) Assert.Equal(Written(layout, places: true), Live(control, device.Model, places: true));
            }
            Assert.Equal(before, control.State.Instances);
            count++;
        }
        Assert.True(count > 10);
    }

    static string Written(Layout layout, bool places) => new Layout(layout.Items.Select(i => new LayoutItem(i.Profile, places ? i.Start : null,
        i.ComputeInstances.Length == 0 ? [i.Profile.Size] : i.ComputeInstances))).ToString();

    /// <summary>What the driver says is there, as a layout.</summary>
    static string Live(SimulatedMigControl control, GpuModel model, bool places) => new Layout(control.GetGpuInstances().Select(g => new LayoutItem(
        model.Profiles.Single(p => p.Id == g.ProfileId).Name, places ? g.Place.Start : null,
        [.. control.GetComputeInstances(g.Id).Select(c => c.Place.Size).OrderDescending()]))).ToString();
}
