using System.Runtime.ExceptionServices;
using CsvHelper;

namespace GpuLab.Results;

/// <summary>Reads the part of a csv file that belongs to finished trials, on all processors.</summary>
static class CsvRows
{
    /// <summary>Below this a second thread costs more than it brings.</summary>
    const long SmallestPart = 4 << 20;

    static readonly CsvReaderOptions options = new()
    {
        Separator = ',',
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = 16 << 20,
        BufferSize = 1 << 18,
        PoolStrings = true,
    };

    /// <param name="ends">Ends of trials in the file, ascending: the places where it can be divided. What is after the last is not read.</param>
    /// <param name="wanted">Which trials' rows to keep.</param>
    /// <exception cref="RunFolderException">Missing, cut, damaged, or without a column.</exception>
    public static IReadOnlyList<T> Read<T>(string path, IReadOnlyList<long> ends, Func<string, bool> wanted) where T : struct, ICsvRow<T>
    {
        if (ends.Count == 0) return [];
        try
        {
            var places = Places<T>(path);
            var parts = Divide(ends);
            var rows = new IRowList<T>[parts.Count];
            var errors = new ExceptionDispatchInfo?[parts.Count];
            Parallel.For(0, parts.Count, i =>
            {
                try
                {
                    rows[i] = ReadPart<T>(path, parts[i], places, wanted);
                }
                catch (Exception e)
                {
                    errors[i] = ExceptionDispatchInfo.Capture(e);
                }
            });
            errors.FirstOrDefault(e => e is not null)?.Throw();
            return rows.Length == 1 ? rows[0] : new Segments<T>(rows);
        }
        catch (CsvFormatException e)
        {
            throw new RunFolderException($"'{path}' line 1 is damaged: {e.Message} Restore the file from a copy, or run the sweep again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RunFolderException.Reading(path, e);
        }
    }

    static IRowList<T> ReadPart<T>(string path, (long Start, long End) part, int[] places, Func<string, bool> wanted) where T : struct, ICsvRow<T>
    {
        using var stream = new FilePart(path, part.Start, part.End);
        using var reader = CsvReader.Create(stream, options with { HasHeader = part.Start == 0 });
        var cursor = new CsvCursor(reader, path, T.Columns, places) { Offset = part.Start };
        var rows = T.List();
        var (trial, keep) = ("", wanted(""));
        while (cursor.Next())
        {
            var text = cursor.Text(0);
            if (!ReferenceEquals(text, trial)) (trial, keep) = (text, wanted(text));
            if (!keep) continue;
            rows.Add(T.Read(cursor));
            // Once rows have shown how long they are, room for the rest is taken in one piece.
            if (rows.Count == 4096) rows.Capacity = (int)Math.Min(Array.MaxLength, 4096 * ((part.End - part.Start) * 1.01 / Math.Max(1, reader.ByteOffset)) + 64);
        }
        return rows;
    }

    static int[] Places<T>(string path) where T : struct, ICsvRow<T>
    {
        using var reader = CsvReader.FromFile(path, options with { BufferSize = 1 << 12 });
        return [.. T.Columns.Select(c => reader.Headers.ToList().IndexOf(c) is >= 0 and var place ? place
            : throw new RunFolderException($"'{path}' has no column '{c}' (it has {string.Join(',', reader.Headers.Take(20))}). Restore it from a copy, or run the sweep again."))];
    }

    static List<(long Start, long End)> Divide(IReadOnlyList<long> ends)
    {
        var size = Math.Max(SmallestPart, ends[^1] / Environment.ProcessorCount + 1);
        var parts = new List<(long, long)>();
        var start = 0L;
        foreach (var end in ends)
        {
            if (end - start < size && end != ends[^1]) continue;
            if (end > start) parts.Add((start, end));
            start = end;
        }
        return parts;
    }
}
