using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Running;

namespace GpuLab.Tests.Probes;

public sealed class CatalogueTests
{
    static readonly DeviceKind[] Kinds = [DeviceKind.Host, DeviceKind.Gpu, DeviceKind.Simulated];

    [Fact]
    public void Every_class_that_carries_out_a_probe_is_reached_through_the_catalogue()
    {
        var reached = Catalogue.Probes.SelectMany(p => Kinds.Select(k => Catalogue.For(k, p.Id)?.GetType())).ToHashSet();
        var missing = typeof(Catalogue).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IProbe)) && !reached.Contains(t));
        Assert.Empty(missing);
    }

    [Fact]
    public void Ids_are_unique_and_metrics_begin_with_their_probe()
    {
        Assert.Equal(Catalogue.Probes.Count, Catalogue.Probes.Select(p => p.Id).Distinct().Count());
        Assert.All(Catalogue.Probes, p => Assert.All(p.Metrics, m => Assert.StartsWith(p.Id + "/", m.Id, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_probe_answers_to_its_own_id_and_its_axis_is_one_of_its_parameters()
    {
        foreach (var info in Catalogue.Probes)
        {
            if (Catalogue.For(DeviceKind.Host, info.Id) is { } probe) Assert.Same(info, probe.Info);
            if (info.Axis is { } axis) Assert.Contains(info.Parameters, p => p.Name == axis);
            Assert.All(info.Parameters.Where(p => p.Words is not null), p => Assert.Contains(p.Default!.Value.Word!, p.Words!));
        }
    }

    [Fact]
    public void An_unknown_id_is_no_probe() => Assert.Null(Catalogue.For(DeviceKind.Host, "mem.nothing"));
}
