using GpuLab.Model;

namespace GpuLab.Control;

/// <summary>What a partitioner adds to be asked for families of layouts (<c>generate:</c> in a sweep).</summary>
public interface ILayoutGenerator
{
    /// <summary>
    /// Layouts of this device, lazily and always in the same order: there may be more than anybody wants. Each can be placed; none is <c>whole</c>.
    /// </summary>
    /// <param name="family">One of <see cref="LayoutFamilies"/>.</param>
    IEnumerable<Layout> Generate(string family);
}

/// <summary>The families of layouts that a sweep can ask for.</summary>
public static class LayoutFamilies
{
    /// <summary>Layouts to which no further slice can be added.</summary>
    public const string Maximal = "maximal";

    /// <summary>As many equal slices as fit, for each size.</summary>
    public const string Uniform = "uniform";

    /// <summary>Every multiset of slices that fits.</summary>
    public const string All = "all";

    public static readonly IReadOnlyList<string> Names = [Maximal, Uniform, All];
}
