using System.Text;
using CsvHelper;

namespace GpuLab.Results;

/// <summary>Appends rows to a csv file through one buffer. Lengths are known after <see cref="Flush"/>.</summary>
sealed class CsvAppender<T> : IDisposable where T : struct, ICsvRow<T>
{
    static readonly CsvWriterOptions options = new() { NewLine = "\n", BufferSize = 1 << 18 };

    readonly AppendFile file;
    CsvWriter csv;

    /// <param name="keep">Bytes that are kept of what is there; 0 starts the file anew, with a header.</param>
    public CsvAppender(string path, long keep)
    {
        if (keep > 0) RequireOwnColumns(path);
        file = new(path);
        csv = Open();
        if (keep > 0) file.SetLength(keep);
        else
        {
            file.SetLength(0);
            csv.WriteRecord(T.Columns);
            csv.Flush();
        }
    }

    public string Path => file.Path;

    /// <summary>Bytes in the file, without what is still in the buffer.</summary>
    public long Length => file.Length;

    public void Append(ReadOnlySpan<T> rows)
    {
        foreach (ref readonly var row in rows)
        {
            T.Write(csv, in row);
            csv.EndRecord();
        }
    }

    public void Flush() => csv.Flush();

    public void Sync() => file.Sync();

    /// <summary>Forgets everything beyond a length, what is in the buffer included.</summary>
    public void Cut(long length)
    {
        CloseWriter();
        file.SetLength(length);
        csv = Open();
    }

    public void Dispose()
    {
        CloseWriter();
        file.Dispose();
    }

    CsvWriter Open() => CsvWriter.Create(file, options, leaveOpen: true);

    void CloseWriter()
    {
        file.Discarding = true;
        csv.Dispose();
        file.Discarding = false;
    }

    static void RequireOwnColumns(string path)
    {
        var own = string.Join(',', T.Columns);
        var head = new byte[Encoding.UTF8.GetByteCount(own) + 1];
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)) stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (Encoding.UTF8.GetString(head) != own + "\n")
            throw new RunFolderException($"'{path}' has other columns than this version writes ({own}). Resume with the version that started the run, or start a new one.");
    }
}
