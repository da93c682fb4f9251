namespace GpuLab.Results;

/// <summary>A run folder that cannot be written or read. The message is for the user: which file, what is wrong, what to do.</summary>
public sealed class RunFolderException(string message, Exception? inner = null) : Exception(message, inner)
{
    internal const int FileTooBig = 27;
    const int NoSpace = 28, QuotaExceeded = 122;
    internal const string Saved = "Every finished trial is saved; make room or access, then go on with --resume.";

    /// <summary>Whether a folder was named as a run that is none: a slip of the user, not of the disk.</summary>
    public bool NotARun { get; init; }

    /// <summary>What an error of the file system means for somebody who is writing results.</summary>
    internal static RunFolderException Writing(string path, Exception error, string remedy = Saved)
    {
        var what = error switch
        {
            IOException { HResult: NoSpace } => $"The disk that holds '{path}' is full",
            IOException { HResult: QuotaExceeded } => $"The disk quota for '{path}' is used up",
            IOException { HResult: FileTooBig } => $"'{path}' would grow beyond the largest file allowed here",
            _ => $"'{path}' cannot be written: {error.Message.TrimEnd('.')}",
        };
        return new($"{what}. {remedy}", error);
    }

    internal static RunFolderException Reading(string path, Exception error) => new(error switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"'{path}' is missing: this run folder is not complete. Copy the whole folder again, or run the sweep again.",
        _ => $"'{path}' cannot be read: {error.Message}",
    }, error);
}
