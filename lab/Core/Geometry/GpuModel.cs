using System.Collections.Frozen;
using GpuLab.Model;

namespace GpuLab.Geometry;

/// <summary>
/// What one kind of GPU can be cut into, as data: from the geometry file, a user's file, or a driver's own answers.
/// A null is a value that no source gives; nothing here guesses one.
/// </summary>
/// <param name="Key">Such as <c>a100-40gb</c>; what stands after <c>sim:</c>.</param>
/// <param name="PciDeviceIds">Device and vendor, such as <c>0x233510DE</c>.</param>
/// <param name="MemoryUnits">Length of the strip that places are counted on. A unit is not a slice: 8, 4 and 12 all occur.</param>
/// <param name="ComputeSlices">Compute slices that instances may take together.</param>
/// <param name="Sms">Multiprocessors of the uncut GPU.</param>
/// <param name="SmsUnderMig">Multiprocessors of the largest GPU instance.</param>
/// <param name="ModeNeedsReset">Whether MIG mode changes only with a reset of the GPU (Ampere).</param>
/// <param name="Specification">Key of its block of peak figures, or null where there is none.</param>
public sealed record GpuModel(string Key, string Product, string Architecture, IReadOnlyList<string> PciDeviceIds,
    int? MemoryUnits, int ComputeSlices, int? Sms, int? SmsUnderMig, string? MinDriver, bool? ModeNeedsReset,
    Provenance Provenance, IReadOnlyList<GpuInstanceProfile> Profiles, string? Specification)
{
    readonly FrozenDictionary<Profile, GpuInstanceProfile> byName = Profiles.ToFrozenDictionary(p => p.Name);

    /// <summary>Profiles whose places are known: those that layouts are enumerated over.</summary>
    public IReadOnlyList<GpuInstanceProfile> Placeable { get; } = [.. Profiles.Where(p => p.Places is not null)];

    /// <summary>The profile of that name, or null where this GPU has none.</summary>
    public GpuInstanceProfile? Find(Profile name) => byName.GetValueOrDefault(name);

    /// <summary>Why layouts of this GPU cannot be reasoned about, or null where they can.</summary>
    public string? Unknown => MemoryUnits is null || Placeable.Count == 0
        ? $"the places of {Key} are not known: no source gives them, so only the GPU's own driver can say which layouts fit ({string.Join("; ", Provenance.Notes)})"
        : null;
}

/// <summary>How the facts of one GPU are known.</summary>
/// <param name="Status"><c>READ</c>, <c>PARTLY READ</c>, <c>NAMES READ</c>, or <c>DRIVER</c> for a GPU that answered itself.</param>
public sealed record Provenance(string Status, IReadOnlyList<string> Sources, IReadOnlyList<string> Notes);
