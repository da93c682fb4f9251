namespace GpuLab.Reports.Html;

/// <summary>A column of a table over rows of one kind.</summary>
/// <param name="Cell">The whole <c>td</c> of a row.</param>
/// <param name="Number">Aligned right.</param>
/// <param name="Shown">Left out where no row has anything to say in it.</param>
/// <param name="Fine">Left out on paper, which has no room for it.</param>
sealed record Column<T>(string Title, Func<T, Html> Cell, bool Number = false, bool Shown = true, bool Fine = false)
{
    public Html Heading => (Number, Fine) switch
    {
        (true, true) => Html.Of($"<th class=\"n fine\">{Title}</th>"),
        (true, false) => Html.Of($"<th class=\"n\">{Title}</th>"),
        _ => Html.Of($"<th>{Title}</th>"),
    };
}

/// <summary>Tables that a reader can sort.</summary>
static class SortableTable
{
    /// <summary>More rows than this scroll by themselves.</summary>
    const int MostInSight = 30;

    /// <summary>Pixels of a heading, of a row, and of a table that scrolls.</summary>
    const int Heading = 38, Row = 29, Tall = 640;

    public static Html Of<T>(IReadOnlyList<T> rows, params IReadOnlyList<Column<T>> columns) => Written(rows, null, columns, filtered: false);

    /// <param name="key">What is lit together with the row's marks in plots.</param>
    public static Html Lit<T>(IReadOnlyList<T> rows, Func<T, string> key, params IReadOnlyList<Column<T>> columns) => Written(rows, key, columns, filtered: false);

    /// <summary>With a field for words that must occur.</summary>
    /// <param name="key">As for <see cref="Lit"/>; null for none.</param>
    public static Html Filtered<T>(IReadOnlyList<T> rows, Func<T, string>? key, params IReadOnlyList<Column<T>> columns) => Written(rows, key, columns, filtered: true);

    static Html Written<T>(IReadOnlyList<T> rows, Func<T, string>? key, IReadOnlyList<Column<T>> columns, bool filtered)
    {
        List<Column<T>> shown = [.. columns.Where(c => c.Shown)];
        var tall = filtered || rows.Count > MostInSight;
        var room = Math.Min(Tall, Heading + (Row * rows.Count));
        return $"""
            <div class="{(tall ? "scroll tall" : "scroll")}"{Parts.Room(room, room)}><table class="{(filtered ? "sortable filtered" : "sortable")}"><thead><tr>{shown.Select(c => c.Heading)}</tr></thead><tbody>
            {rows.Select(r => Html.Of($"<tr{Html.When(key is not null, () => Html.Of($" data-key=\"{key!(r)}\""))}>{shown.Select(c => c.Cell(r))}</tr>"))}
            </tbody></table></div>
            """;
    }
}
