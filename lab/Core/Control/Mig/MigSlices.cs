using System.Globalization;
using GpuLab.Geometry;
using GpuLab.Running;

namespace GpuLab.Control.Mig;

/// <summary>The slices of a placed layout: one a compute instance, that being what a process can use.</summary>
static class MigSlices
{
    /// <summary>The uncut GPU.</summary>
    public static Slice Whole(MigGpu gpu, int units) => Addressed(new(0, "whole", "whole", 0, units, [], new Dictionary<string, string>()), gpu, gpu.Uuid, gpu.Sms, gpu.Memory);

    /// <summary>Names and places; what CUDA needs to find them is known only once they exist.</summary>
    public static IReadOnlyList<Slice> Of(PlacedLayout placed)
    {
        var slices = new List<Slice>();
        foreach (var instance in placed.Instances)
        {
            var parts = Parts(instance);
            for (var i = 0; i < parts.Length; i++)
            {
                var (profile, name) = Name(instance, parts[i], parts.Length == 1 ? null : i);
                slices.Add(new(slices.Count, name, profile, instance.Start, instance.Size, [], new Dictionary<string, string>()) { Memory = instance.Profile.Memory });
            }
        }
        return slices;
    }

    /// <summary>Sizes of an instance's compute instances, largest first, written out.</summary>
    public static int[] Parts(PlacedInstance instance) => instance.ComputeInstances is { Length: > 0 } parts ? parts : [instance.Profile.ComputeSlices];

    /// <summary>With the address a worker starts with and the identity it must prove.</summary>
    /// <param name="memory">Bytes of its GPU instance.</param>
    public static Slice Addressed(Slice slice, MigGpu gpu, string uuid, int? sms, long? memory)
    {
        var identity = new Dictionary<string, string> { [SliceIdentity.Uuid] = uuid };
        if (sms is { } count) identity[SliceIdentity.Sms] = count.ToString(CultureInfo.InvariantCulture);
        if (memory is { } bytes) identity[SliceIdentity.Memory] = bytes.ToString(CultureInfo.InvariantCulture);
        if (gpu.Pci is { } pci) identity[SliceIdentity.Pci] = pci;
        return slice with { Environment = new Dictionary<string, string> { ["CUDA_VISIBLE_DEVICES"] = uuid }, Identity = identity, Memory = memory };
    }

    /// <summary><c>3g.71gb@4</c> where it has all of its GPU instance, <c>1c.3g.71gb@4</c> alone in a part of it, <c>1c.3g.71gb@4#1</c> among others.</summary>
    static (string Profile, string Name) Name(PlacedInstance instance, int slices, int? number)
    {
        var profile = slices == instance.Profile.ComputeSlices ? instance.Profile.Name.ToString() : string.Create(CultureInfo.InvariantCulture, $"{slices}c.{instance.Profile.Name}");
        return (profile, string.Create(CultureInfo.InvariantCulture, $"{profile}@{instance.Start}{(number is { } n ? $"#{n}" : "")}"));
    }
}
