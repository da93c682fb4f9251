using GpuLab.Control.Mig;
using GpuLab.Geometry;

namespace GpuLab.Tests.Mig;

/// <summary>Each legal layout, through the whole of the product down to the driver's calls.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class EveryNvmlLayoutTests
{
    [Theory]
    [InlineData("a30-24gb")]
    [InlineData("a100-40gb")]
    [InlineData("h100-sxm-80gb")]
    [InlineData("h200-141gb")]
    public async Task Every_legal_layout_is_applied_read_back_and_undone(string key)
    {
        using var machine = new NvmlDouble(key);
        var control = machine.Open();
        var mig = new MigPartitioner(control, key, NoMigJournal.Instance);
        var before = MigSnapshot.Read(control);
        var count = 0;
        foreach (var placed in new LayoutSpace(mig.Geometry).Placed(new()))
        {
            await using (var partition = await mig.Apply(placed.Layout, default))
                Assert.Equal(placed.Layout.ToString(), MigPartedText.Layout(MigSnapshot.Read(control), mig.Geometry)!.ToString());
            Assert.True(MigSnapshot.Read(control).SameAs(before));
            count++;
        }
        Assert.Equal((int)new LayoutSpace(GpuCatalogue.Get(key)).CountPlaced(new()), count);
    }

    [Fact]
    public async Task Every_cut_into_compute_instances_of_maximal_layouts_is_applied_and_undone()
    {
        using var machine = new NvmlDouble("a30-24gb");
        var control = machine.Open();
        var mig = new MigPartitioner(control, "gpu:0", NoMigJournal.Instance);
        foreach (var layout in new LayoutSpace(mig.Geometry).Multisets(new(Maximal: true, Splits: ComputeSplits.Partial)))
        {
            await using (var partition = await mig.Apply(layout, default)) Assert.Equal(layout.Items.Sum(i => Math.Max(1, i.ComputeInstances.Length)), partition.Slices.Count);
            Assert.Empty(control.GetGpuInstances());
        }
    }
}
