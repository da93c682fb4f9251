namespace GpuLab.Statistics;

/// <summary>How figures and cells are called in findings.</summary>
static class FigureName
{
    /// <param name="what">A metric's or a probe's id.</param>
    /// <param name="slice">Null for all slices of the layout.</param>
    public static string Of(string what, string parameters, string? slice, string layout, string how)
    {
        var with = parameters.Length == 0 ? "" : $" {parameters}";
        var where = layout == "whole" ? "whole" : slice is null ? layout : $"{slice} of {layout}";
        return $"{what}{with} on {where}, {how}";
    }
}
