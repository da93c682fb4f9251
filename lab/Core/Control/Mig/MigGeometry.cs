using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Control.Mig;

/// <summary>What a GPU can be cut into, from its driver's own answers: these always win over tables.</summary>
public static class MigGeometry
{
    /// <summary>By NVML_GPU_INSTANCE_PROFILE_* constant.</summary>
    static string Attribute(int constant) => constant switch
    {
        7 or 8 => "+me",
        10 or 11 or 12 or 17 => "+gfx",
        13 or 14 => "-me",
        15 or 16 => "+me.all",
        _ => "",
    };

    /// <summary>Asks for profiles and places.</summary>
    /// <param name="key">How the GPU is called in messages.</param>
    /// <exception cref="NvmlException">The driver did not answer.</exception>
    public static GpuModel Read(IMigControl control, string key)
    {
        var reported = control.GetProfiles();
        var places = reported.ToDictionary(p => p.Id, p => control.GetPossiblePlacements(p.Id));
        var gpu = control.Gpu;
        // The largest interval is the whole strip: no call gives the number of units.
        var units = places.Values.SelectMany(p => p).Select(p => (int?)p.End).Max();
        var slices = reported.Count == 0 ? 1 : reported.Max(p => p.SliceCount);
        // Where neither names nor memory are reported, profiles of one size cannot be told apart by name: the first is the plain one.
        var profiles = reported.OrderBy(p => p.Constant).Select(p => Profile(p, places[p.Id], gpu)).DistinctBy(p => p.Name).ToArray();
        return new(key, gpu.Name, "", [], units, slices, gpu.Sms, reported.Max(p => p.Sms), null, null,
            new("DRIVER", ["NVML"], []), profiles, null);
    }

    static GpuInstanceProfile Profile(MigProfile p, IReadOnlyList<MigPlace> places, MigGpu gpu)
    {
        var name = Name(p, gpu);
        var grid = places.Count == 0 ? null : new PlaceGrid([.. places.Select(x => x.Start).Order()], places[0].Size, "driver");
        return new(name, name.ToString(), p.Constant, p.Id, p.SliceCount, p.InstanceCount, grid, p.MemoryMiB << 20, p.Sms,
            new(p.CopyEngines, p.Decoders, p.Encoders, p.Jpeg, p.Ofa), GpuCatalogue.ComputeSizes.GetValueOrDefault(p.SliceCount) ?? [p.SliceCount]);
    }

    /// <summary>The driver's name where it has one, else by the rule that nvidia-smi's names follow: eighths of the memory, rounded up.</summary>
    static Profile Name(MigProfile p, MigGpu gpu)
    {
        var reported = p.Name?.Replace("MIG ", "", StringComparison.Ordinal);
        if (Layout.TryParse(reported, null, out var layout) && layout.Items is [{ Profile: var profile }]) return profile;
        var total = (gpu.Memory ?? 0) / (double)(1 << 30);
        var eighths = total == 0 ? 0 : Math.Ceiling(8 * (p.MemoryMiB ?? 0) / 1024.0 / total) / 8;
        return new(ProfileKind.Mig, p.SliceCount, (int)Math.Round(eighths * Math.Ceiling(total)), Attribute(p.Constant));
    }
}
