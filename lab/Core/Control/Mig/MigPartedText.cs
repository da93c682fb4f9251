using System.Globalization;
using System.Text;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Control.Mig;

/// <summary>Writes what GPUs are cut into as a mig-parted file. Places are lost in that form, so they stand beside it as a comment.</summary>
public static class MigPartedText
{
    /// <param name="gpus">The driver's number, what is there, and the GPU's geometry.</param>
    public static string Of(string name, IReadOnlyList<(int Index, MigSnapshot State, GpuModel Model)> gpus)
    {
        var text = new StringBuilder();
        text.AppendLine("version: v1").AppendLine("mig-configs:").AppendLine(CultureInfo.InvariantCulture, $"  {name}:");
        foreach (var (index, state, model) in gpus)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    - devices: [{index}]  # {Layout(state, model)?.ToString() ?? (state.Mode.Current ? "MIG mode on, no instances" : "whole")}");
            text.AppendLine(CultureInfo.InvariantCulture, $"      mig-enabled: {(state.Mode.Current ? "true" : "false")}");
            var devices = state.Instances.SelectMany(i => Devices(i, model)).GroupBy(d => d).Select(g => (g.Key, g.Count())).ToArray();
            text.AppendLine(devices.Length == 0 ? "      mig-devices: {}" : "      mig-devices:");
            foreach (var (device, count) in devices) text.AppendLine(CultureInfo.InvariantCulture, $"        \"{device}\": {count}");
        }
        return text.ToString();
    }

    /// <summary>What is there as a layout with its places; null where there are no instances.</summary>
    /// <remarks>A GPU instance without compute instances shows as one that has all, for a layout cannot say so.</remarks>
    public static Layout? Layout(MigSnapshot state, GpuModel model) => state.Instances.Count == 0 ? null : new(state.Instances.Select(i =>
    {
        var profile = Profile(i, model);
        int[] parts = [.. i.Computes.Select(c => c.Place.Size).OrderDescending()];
        return new LayoutItem(profile, i.Place.Start, parts is [var one] && one == profile.Size ? [] : parts);
    }));

    static IEnumerable<string> Devices(MigSnapshot.Instance instance, GpuModel model)
    {
        var profile = Profile(instance, model);
        return instance.Computes.Select(c => c.Place.Size == profile.Size ? profile.ToString() : string.Create(CultureInfo.InvariantCulture, $"{c.Place.Size}c.{profile}"));
    }

    static Profile Profile(MigSnapshot.Instance instance, GpuModel model) => model.Profiles.FirstOrDefault(p => p.Id == instance.ProfileId)?.Name
        ?? throw new PartitionException(string.Create(CultureInfo.InvariantCulture, $"The instance at {instance.Place} has profile {instance.ProfileId}, which the driver does not list."));
}
