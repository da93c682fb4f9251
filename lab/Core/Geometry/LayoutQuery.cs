using GpuLab.Model;

namespace GpuLab.Geometry;

/// <summary>How far GPU instances are cut into compute instances when layouts are enumerated.</summary>
public enum ComputeSplits
{
    /// <summary>One compute instance takes all of each GPU instance.</summary>
    One,

    /// <summary>Every way in which compute instances use up each GPU instance.</summary>
    Full,

    /// <summary>As <see cref="Full"/>, and also those that leave compute slices unused (but never all of them).</summary>
    Partial,
}

/// <summary>Which layouts are asked for.</summary>
/// <param name="Maximal">Only layouts to which no further GPU instance could be added: as multisets even if the others moved, as placed sets with the others where they are.</param>
/// <param name="Containing">Only layouts with at least one instance of this profile.</param>
/// <param name="Empty">Also the layout without any instance, which is not counted otherwise.</param>
public sealed record LayoutQuery(bool Maximal = false, ComputeSplits Splits = ComputeSplits.One, Profile? Containing = null, bool Empty = false);
