using GpuLab.Control.Mig;
using GpuLab.Control.Simulated;
using GpuLab.Geometry;

namespace GpuLab.Tests.Simulated;

/// <summary>What the MIG partitioner relies on, whatever is behind the door. Run for every implementation.</summary>
public abstract class MigControlContract
{
    /// <summary>A GPU with MIG mode on and no instances.</summary>
    protected abstract IMigControl Open();

    [Fact]
    public void Every_profile_can_be_created_at_each_of_its_places_and_lies_there()
    {
        var control = Open();
        foreach (var profile in control.GetProfiles())
        {
            Assert.NotEmpty(control.GetPossiblePlacements(profile.Id));
            foreach (var place in control.GetPossiblePlacements(profile.Id))
            {
                var made = control.CreateGpuInstance(profile.Id, place);
                Assert.Equal((profile.Id, place), (made.ProfileId, made.Place));
                Assert.Equal(made, Assert.Single(control.GetGpuInstances()));
                control.DestroyGpuInstance(made.Id);
            }
        }
        Assert.Empty(control.GetGpuInstances());
    }

    [Fact]
    public void As_many_fit_as_the_profile_says_and_capacity_counts_them_down()
    {
        var control = Open();
        foreach (var profile in control.GetProfiles())
        {
            for (var left = profile.InstanceCount; left > 0; left--)
            {
                Assert.Equal(left, control.GetRemainingCapacity(profile.Id));
                control.CreateGpuInstance(profile.Id, null);
            }
            Assert.Equal(0, control.GetRemainingCapacity(profile.Id));
            Assert.Equal(NvmlReturn.InsufficientResources, Assert.Throws<NvmlException>(() => control.CreateGpuInstance(profile.Id, null)).Status);
            foreach (var instance in control.GetGpuInstances()) control.DestroyGpuInstance(instance.Id);
        }
    }

    [Fact]
    public void Every_compute_profile_can_be_created_at_each_of_its_places_and_has_a_uuid()
    {
        var control = Open();
        foreach (var profile in control.GetProfiles())
        {
            var instance = control.CreateGpuInstance(profile.Id, null);
            var computes = control.GetComputeProfiles(instance.Id);
            Assert.Contains(computes, c => c.SliceCount == profile.SliceCount);
            foreach (var (compute, place) in computes.SelectMany(c => control.GetComputePlacements(instance.Id, c.Id).Select(p => (c, p))))
            {
                var made = control.CreateComputeInstance(instance.Id, compute.Id, place);
                Assert.Equal((instance.Id, place), (made.GpuInstance, made.Place));
                Assert.StartsWith("MIG-", control.GetUuid(instance.Id, made.Id), StringComparison.Ordinal);
                Assert.Equal(NvmlReturn.InUse, Assert.Throws<NvmlException>(() => control.DestroyGpuInstance(instance.Id)).Status);
                control.DestroyComputeInstance(instance.Id, made.Id);
                Assert.Equal(NvmlReturn.NotFound, Assert.Throws<NvmlException>(() => control.GetUuid(instance.Id, made.Id)).Status);
            }
            control.DestroyGpuInstance(instance.Id);
            Assert.Equal(NvmlReturn.NotFound, Assert.Throws<NvmlException>(() => control.DestroyGpuInstance(instance.Id)).Status);
        }
    }
}

public sealed class SimulatedA30Contract : MigControlContract
{
    protected override IMigControl Open() => new SimulatedMigControl(GpuCatalogue.Get("a30-24gb"));
}

public sealed class SimulatedH200Contract : MigControlContract
{
    protected override IMigControl Open() => new SimulatedMigControl(GpuCatalogue.Get("h200-141gb"));
}

public sealed class SimulatedRtxProContract : MigControlContract
{
    protected override IMigControl Open() => new SimulatedMigControl(GpuCatalogue.Get("rtx-pro-6000-96gb"));
}
