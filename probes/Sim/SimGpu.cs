using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using GpuLab.Geometry;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Sim;

/// <summary>A simulated GPU as its models see it: geometry, peak figures, and what is known beyond them.</summary>
sealed partial class SimGpu
{
    static readonly ConcurrentDictionary<string, SimGpu> opened = new(StringComparer.Ordinal);

    readonly GpuSpec? spec;

    SimGpu(string key)
    {
        Model = GpuCatalogue.Get(key);
        spec = GpuCatalogue.Spec(Model);
        Traits = SimTraits.Of(Model.Architecture);
    }

    public GpuModel Model { get; }

    public SimTraits Traits { get; }

    /// <exception cref="GeometryException">There is no such GPU.</exception>
    public static SimGpu Of(string key) => opened.GetOrAdd(key, k => new(k));

    /// <summary>A peak figure, by its name in <see cref="GpuSpec.Values"/>.</summary>
    /// <exception cref="ProbeSkippedException">It is not known, or the GPU does not have it.</exception>
    public double Need(string figure) => Maybe(figure) ?? throw new ProbeSkippedException(spec?.Unsupported.Contains(figure) == true
        ? $"{Model.Product} has no {figure}"
        : $"'{figure}' of {Model.Product} is not known: its specification block has no such figure");

    public double? Maybe(string figure) => spec?[figure]?.Value ?? (figure == "sms" ? Model.Sms : null);

    /// <summary>How a figure is known, for the reader of a ceiling.</summary>
    public string How(string figure) => spec?[figure] is { } value ? $"{value.How switch { Known.Read => "read", Known.Derived => "derived", _ => "recalled" }}: {figure} of {spec.Key}" : $"{figure} of {Model.Key}";

    /// <summary>A slice with those that it does one piece of work with.</summary>
    /// <param name="team">Names, its own included; empty where it works for itself.</param>
    /// <exception cref="ProbeSkippedException">This GPU has no such slice.</exception>
    public SimSlice Slice(string name, IReadOnlyList<string> team) => Slice(name) with { Team = [.. team.Select(Slice)] };

    /// <summary>A slice by the name that a partitioner gave it.</summary>
    /// <exception cref="ProbeSkippedException">This GPU has no such slice.</exception>
    public SimSlice Slice(string name)
    {
        if (name == "whole") return new(name, "whole", 1, 1, Maybe("sms"), Maybe("memory") ?? Model.Profiles.Max(p => p.Memory), Model.Profiles.Max(p => p.Engines.Copy) ?? 2);
        var match = SliceName().Match(name);
        if (!match.Success || !Layout.TryParse(match.Groups["profile"].Value, null, out var layout) || layout is not { Items: [{ } item] } || Model.Find(item.Profile) is not { } profile)
            throw new ProbeSkippedException($"{Model.Key} has no slice '{name}'");
        var part = match.Groups["part"] is { Success: true } p ? double.Parse(p.Value, CultureInfo.InvariantCulture) / profile.ComputeSlices : 1;
        var units = profile.Places is { } places && Model.MemoryUnits is { } all ? places.Size / (double)all : throw new ProbeSkippedException($"the places of {profile.Name} on {Model.Key} are not known");
        return new(name, $"{profile.Name}@{match.Groups["start"].Value}", units, part, profile.Sms * part, profile.Memory, profile.Engines.Copy ?? 1);
    }

    [GeneratedRegex(@"^((?<part>\d+)c\.)?(?<profile>\d+g\.[^@]+)@(?<start>\d+)(#\d+)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex SliceName();
}

/// <summary>One slice of a simulated GPU.</summary>
/// <param name="Instance">Its GPU instance; slices of one instance share its memory.</param>
/// <param name="MemoryShare">Memory units of the instance ÷ those of the GPU: its share of bandwidth and of L2.</param>
/// <param name="ComputeShare">Its part of the instance's compute slices.</param>
/// <param name="Sms">Null where not known.</param>
/// <param name="Memory">Bytes; null where not known.</param>
sealed record SimSlice(string Name, string Instance, double MemoryShare, double ComputeShare, double? Sms, double? Memory, int CopyEngines)
{
    /// <summary>The slices that it does one piece of work with, by rank, itself included; empty where it works for itself.</summary>
    public IReadOnlyList<SimSlice> Team { get; init; } = [];

    /// <exception cref="ProbeSkippedException">Not known.</exception>
    public double NeedSms => Sms ?? throw new ProbeSkippedException($"the SM count of {Instance} is not known");
}
