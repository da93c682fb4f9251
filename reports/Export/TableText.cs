using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;

namespace GpuLab.Reports.Export;

/// <summary>A table of figures in the formats that other programs and papers take.</summary>
public static class TableText
{
    public static readonly IReadOnlyList<string> Formats = ["csv", "json", "markdown", "latex"];

    /// <summary>Columns of the tables for people: the rest is for machines.</summary>
    static readonly string[] shown = ["layout", "slice", "phase", "probe", "metric", "median", "low", "high", "share_of_ceiling", "flags"];

    /// <param name="format">One of <see cref="Formats"/>.</param>
    public static string Write(FigureTable table, string format, bool simulated) => format switch
    {
        "csv" => Csv(table),
        "json" => Json(table),
        "markdown" => Markdown(table, simulated),
        "latex" => Latex(table, simulated),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, $"expected {string.Join(", ", Formats)}"),
    };

    static string Csv(FigureTable table)
    {
        using var buffer = new MemoryStream();
        using (var csv = CsvWriter.Create(buffer, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            csv.WriteRecord([.. table.Columns]);
            foreach (var row in table.Rows) csv.WriteRecord([.. row.Select(c => c.Exact)]);
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    static string Json(FigureTable table)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (var row in table.Rows)
            {
                json.WriteStartObject();
                foreach (var (column, cell) in table.Columns.Zip(row))
                {
                    if (cell.Number is { } n && double.IsFinite(n)) json.WriteNumber(column, n);
                    else if (cell.Number is null && cell.Text.Length > 0) json.WriteString(column, cell.Text);
                    else json.WriteNull(column);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    static string Markdown(FigureTable table, bool simulated)
    {
        var text = new StringBuilder(simulated ? "**SIMULATED: predictions of a model, not measurements.**\n\n" : "");
        var columns = Columns(table);
        text.Append("| ").AppendJoin(" | ", columns.Select(c => MarkdownText(table.Columns[c]))).Append(" |\n|").Append(string.Concat(columns.Select(c => IsNumber(table, c) ? " ---: |" : " --- |"))).Append('\n');
        foreach (var row in table.Rows) text.Append("| ").AppendJoin(" | ", columns.Select(c => MarkdownText(row[c].Text))).Append(" |\n");
        return text.ToString();
    }

    static string Latex(FigureTable table, bool simulated)
    {
        var columns = Columns(table);
        var text = new StringBuilder("% needs \\usepackage{booktabs}\n");
        text.Append("\\begin{tabular}{").Append(string.Concat(columns.Select(c => IsNumber(table, c) ? 'r' : 'l'))).Append("}\n\\toprule\n");
        if (simulated) text.Append("\\multicolumn{").Append(columns.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)).Append("}{l}{SIMULATED: predictions of a model, not measurements} \\\\\n\\midrule\n");
        text.AppendJoin(" & ", columns.Select(c => LatexText(table.Columns[c]))).Append(" \\\\\n\\midrule\n");
        foreach (var row in table.Rows) text.AppendJoin(" & ", columns.Select(c => LatexText(row[c].Text))).Append(" \\\\\n");
        return text.Append("\\bottomrule\n\\end{tabular}\n").ToString();
    }

    static List<int> Columns(FigureTable table) => [.. Enumerable.Range(0, table.Columns.Count).Where(c => shown.Contains(table.Columns[c]) || table.Parameters.Contains(table.Columns[c]))];

    static bool IsNumber(FigureTable table, int column) => table.Rows.Any(r => r[column].Number is not null);

    static string MarkdownText(string text) => text.ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal);

    static string LatexText(string text)
    {
        var safe = new StringBuilder();
        foreach (var c in text.ReplaceLineEndings(" "))
        {
            _ = c switch
            {
                '\\' => safe.Append("\\textbackslash{}"),
                '~' => safe.Append("\\textasciitilde{}"),
                '^' => safe.Append("\\textasciicircum{}"),
                '&' or '%' or '$' or '#' or '_' or '{' or '}' => safe.Append('\\').Append(c),
                'µ' => safe.Append("$\\mu$"),
                '–' => safe.Append("--"),
                _ => safe.Append(c),
            };
        }
        return safe.ToString();
    }
}
