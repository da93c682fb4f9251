using System.Globalization;

namespace GpuLab.Model;

/// <summary>What a profile divides: MIG instances, host core sets, SM groups of green contexts, or MPS shares.</summary>
public enum ProfileKind { Mig, Cores, Sms, Percent }

/// <summary>
/// The kind and size of a slice, without a place: <c>3g.71gb</c>, <c>1g.18gb+me</c>, <c>2c</c>, <c>32sm</c>, <c>33%</c>.
/// </summary>
/// <param name="Size">Compute slices, cores, SMs or percent.</param>
/// <param name="MemoryGb">The gigabytes in a MIG profile's name; 0 for other kinds.</param>
/// <param name="Attribute"><c>+me</c>, <c>+me.all</c>, <c>+gfx</c>, <c>-me</c> or empty; MIG only.</param>
public sealed record Profile(ProfileKind Kind, int Size, int MemoryGb = 0, string Attribute = "") : IComparable<Profile>
{
    /// <summary>Longest first, so that <c>+me.all</c> is not read as <c>+me</c>.</summary>
    internal static readonly string[] Attributes = ["+me.all", "+me", "+gfx", "-me"];

    /// <summary>Larger profiles first, then by memory and attribute: the order of canonical layouts.</summary>
    public int CompareTo(Profile? other)
    {
        if (other is null) return -1;
        if (Kind != other.Kind) return Kind.CompareTo(other.Kind);
        if (Size != other.Size) return other.Size.CompareTo(Size);
        if (MemoryGb != other.MemoryGb) return other.MemoryGb.CompareTo(MemoryGb);
        return string.CompareOrdinal(Attribute, other.Attribute);
    }

    public override string ToString() => Kind switch
    {
        ProfileKind.Mig => string.Create(CultureInfo.InvariantCulture, $"{Size}g.{MemoryGb}gb{Attribute}"),
        ProfileKind.Cores => string.Create(CultureInfo.InvariantCulture, $"{Size}c"),
        ProfileKind.Sms => string.Create(CultureInfo.InvariantCulture, $"{Size}sm"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Size}%"),
    };
}
