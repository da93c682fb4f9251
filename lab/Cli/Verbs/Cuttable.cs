using System.CommandLine;
using GpuLab.Control;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Cli.Verbs;

/// <summary>What the verbs <c>profiles</c> and <c>layouts</c> look at: a GPU's geometry, or a partitioner that has none.</summary>
/// <param name="Model">Null where the device is no MIG GPU; then <paramref name="Partitioner"/> says what fits.</param>
sealed record Cuttable(string Device, GpuModel? Model, IPartitioner? Partitioner)
{
    public static Option<DeviceId> On() => new("--on")
    {
        Description = "The device: sim:KEY for a known GPU (needs no hardware), gpu:N, a GPU UUID, host, or auto (the first GPU, else the host).",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => DeviceId.Auto,
        CustomParser = result =>
        {
            if (DeviceId.TryParse(result.Tokens[0].Value, null, out var id)) return id;
            result.AddError($"'{result.Tokens[0].Value}' is not a device: expected host, auto, gpu:N, GPU-uuid or sim:KEY.");
            return default;
        },
    };

    public static Option<string?> File() => new("--geometry")
    {
        Description = "A geometry file of your own for sim:KEY, in the form of the mig-geometry.yaml that ships.",
        HelpName = "FILE",
    };

    /// <exception cref="GeometryException">No such GPU, or a file that is wrong.</exception>
    public static Cuttable Open(DeviceId id, string? file, Func<DeviceId, IDevice> open)
    {
        if (id.Kind == DeviceKind.Simulated) return new(id.ToString(), FromFile(id.Name, file), null);
        if (file is not null) throw new GeometryException("--geometry is for sim:KEY; other devices answer for themselves.");
        var device = open(id);
        var source = device.Partitioners.OfType<IGeometrySource>().FirstOrDefault();
        return source is not null
            ? new(device.Id.ToString(), source.Geometry, null)
            : new(device.Id.ToString(), null, device.Partitioners.FirstOrDefault(p => p.Name != "none") ?? device.Partitioners[0]);
    }

    static GpuModel FromFile(string key, string? file)
    {
        if (file is null) return GpuCatalogue.Get(key);
        var models = GpuCatalogue.Load(file);
        return models.FirstOrDefault(m => m.Key == key)
            ?? throw new GeometryException($"{file} has no GPU '{key}'; it has {string.Join(", ", models.Select(m => m.Key))}.");
    }
}
