namespace GpuLab.Reports.Html;

/// <summary>A column of a table over rows of one kind.</summary>
/// <param name="Cell">The whole <c>td</c> of a row.</param>
/// <param name="Number">Aligned right.</param>
/// <param name="Shown">Left out where no row has anything to say in it.</param>
sealed record Column<T>(string Title, Func<T, Html> Cell, bool Number = false, bool Shown = true);

/// <summary>Tables that a reader can sort.</summary>
static class SortableTable
{
    /// <summary>More rows than this scroll by themselves.</summary>
    const int MostInSight = 30;

    /// <param name="key">What is lit together with the row's marks in plots; null for none.</param>
    public static Html Of<T>(IReadOnlyList<T> rows, Func<T, string>? key, params IReadOnlyList<Column<T>> columns)
    {
        List<Column<T>> shown = [.. columns.Where(c => c.Shown)];
        var tall = rows.Count > MostInSight;
        var room = tall ? 640 : 38 + (29 * rows.Count);
        return $"""
            <div class="{(tall ? "scroll tall" : "scroll")}"{Parts.Room(room, room)}><table class="sortable"><thead><tr>{shown.Select(c => c.Number ? Html.Of($"<th class=\"n\">{c.Title}</th>") : Html.Of($"<th>{c.Title}</th>"))}</tr></thead><tbody>
            {rows.Select(r => Html.Of($"<tr{Html.When(key is not null, () => Html.Of($" data-key=\"{key!(r)}\""))}>{shown.Select(c => c.Cell(r))}</tr>"))}
            </tbody></table></div>
            """;
    }
}
