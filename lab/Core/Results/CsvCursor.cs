using System.Globalization;
using System.Text;
using CsvHelper;

namespace GpuLab.Results;

/// <summary>
/// The record a reader is at, its fields numbered as the row type numbers its columns.
/// Texts that repeat are one string.
/// </summary>
sealed class CsvCursor(CsvReader reader, string path, string[] columns, int[] places)
{
    readonly int needed = places.Max() + 1;
    readonly RecentTexts[] recent = [.. columns.Select(_ => new RecentTexts())];
    (string? Text, Phase Phase) lastPhase;

    /// <summary>Where in the file the reader's input starts.</summary>
    public long Offset { get; init; }

    public bool Next()
    {
        try
        {
            if (!reader.Read()) return false;
        }
        catch (CsvFormatException e)
        {
            throw Damaged("its quotes do not match", e.ByteOffset);
        }
        if (reader.FieldCount < needed) throw Damaged(string.Create(CultureInfo.InvariantCulture, $"it has {reader.FieldCount} fields, expected {needed}"));
        return true;
    }

    public string Text(int column)
    {
        var bytes = reader.GetSpan(places[column]);
        return recent[column].Find(bytes) ?? recent[column].Remember(bytes, reader.GetString(places[column]));
    }

    public Phase Phase(int column)
    {
        var text = Text(column);
        if (ReferenceEquals(text, lastPhase.Text)) return lastPhase.Phase;
        if (!PhaseNames.TryParse(text, out var phase)) throw Damaged(column, "the name of a phase");
        lastPhase = (text, phase);
        return phase;
    }

    public int Int32(int column) => reader.TryParse(places[column], out int value) ? value : throw Damaged(column, "a whole number");

    public long Int64(int column) => reader.TryParse(places[column], out long value) ? value : throw Damaged(column, "a whole number");

    public double Double(int column) => reader.TryParse(places[column], out double value) ? value : throw Damaged(column, "a number");

    RunFolderException Damaged(int column, string expected) =>
        Damaged($"{columns[column]} is '{Encoding.UTF8.GetString(reader.GetSpan(places[column]))}', expected {expected}");

    RunFolderException Damaged(string what, long? at = null) => new(string.Create(CultureInfo.InvariantCulture,
        $"'{path}' line {Line(at ?? reader.ByteOffset)} is damaged: {what}. Restore the file from a copy, or run the sweep again."));

    /// <summary>Counted only when it is needed: while reading it would cost every row.</summary>
    long Line(long at)
    {
        using var stream = File.OpenRead(path);
        var left = Offset + at;
        var buffer = new byte[1 << 16];
        var line = 1L;
        while (left > 0 && stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length)) is > 0 and var read)
        {
            line += buffer.AsSpan(0, read).Count((byte)'\n');
            left -= read;
        }
        return line;
    }
}
