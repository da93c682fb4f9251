namespace GpuLab.Reports.Comparison;

/// <summary>Names of devices for readers.</summary>
static class DeviceText
{
    /// <summary><c>NVIDIA H200 141GB</c> of <c>NVIDIA H200 141GB (SXM), H200 NVL (simulated)</c>; all of them whole where two different ones would look alike.</summary>
    public static IReadOnlyList<string> Short(IReadOnlyList<string> names)
    {
        string[] cut = [.. names.Select(Product)];
        return cut.Distinct().Count() == names.Distinct().Count() ? cut : names;
    }

    static string Product(string name)
    {
        var end = name.AsSpan().IndexOfAny(",(");
        return end > 0 ? name[..end].TrimEnd() : name;
    }
}
