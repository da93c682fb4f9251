using System.Security.Cryptography;
using System.Text;
using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>
/// Figures of a run kept in its folder, because making them again means reading every sample. Never the truth: the file holds for the very files, program and
/// catalogue it was made from, and is passed over wherever one of them may have changed.
/// </summary>
static class KeptFigures
{
    /// <summary>Ends of files that are part of the stamp: appended files differ there if they differ at all.</summary>
    const int Tail = 1 << 12;

    static readonly string[] sources = [RunFiles.Run, RunFiles.Plan, RunFiles.Events, RunFiles.Samples, RunFiles.Telemetry];

    /// <summary>Null where nothing is kept, or what is kept is not of the files as they are now.</summary>
    /// <exception cref="RunFolderException">The folder's own documents cannot be read.</exception>
    public static RunFigures? Read(string folder, IReadOnlyList<ProbeInfo> catalogue)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            var path = Path.Combine(folder, RunFiles.Figures);
            if (!File.Exists(path) || sources.Any(s => File.GetLastWriteTimeUtc(Path.Combine(folder, s)) > File.GetLastWriteTimeUtc(path))) return null;
            using var reader = new FigureReader(File.ReadAllBytes(path), catalogue);
            if (!reader.Stamp().SequenceEqual(Stamp(folder, catalogue))) return null;
            var (info, plan) = (RunDocuments.ReadInfo(folder), RunDocuments.ReadPlan(folder));
            return new(folder, info, plan, reader.Figures(), reader.Facts(), reader.Power());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            return null; // a torn or foreign file is as good as none
        }
    }

    /// <summary>Of runs that have ended only; best effort, since a folder may be one that cannot be written to.</summary>
    public static void Write(RunFigures run, IReadOnlyList<ProbeInfo> catalogue)
    {
        if (run.Info.End is null) return;
        var path = Path.Combine(run.Folder, RunFiles.Figures);
        var draft = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var writer = new FigureWriter(Stamp(run.Folder, catalogue)))
            {
                writer.Write(run);
                File.WriteAllBytes(draft, writer.ToArray());
            }
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            try
            {
                File.Delete(draft);
            }
            catch (Exception left) when (left is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    /// <summary>What the figures follow from: the program, the probes, and the files by their lengths and ends.</summary>
    static byte[] Stamp(string folder, IReadOnlyList<ProbeInfo> catalogue)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(typeof(KeptFigures).Module.ModuleVersionId.ToByteArray());
        foreach (var probe in catalogue)
            hash.AppendData(Encoding.UTF8.GetBytes($"{probe.Id} {probe.Axis} {probe.Resource} {probe.Precision:R} {string.Join(' ', probe.Metrics.Select(m => $"{m.Id} {m.Unit} {m.Better} {m.Across}"))} {string.Join(' ', probe.Parameters.Select(p => $"{p.Name} {p.Type}"))}\n"));
        var buffer = new byte[Tail];
        foreach (var source in sources)
        {
            using var file = new FileStream(Path.Combine(folder, source), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            hash.AppendData(BitConverter.GetBytes(file.Length));
            file.Position = Math.Max(0, file.Length - Tail);
            hash.AppendData(buffer.AsSpan(0, file.ReadAtLeast(buffer, Tail, throwOnEndOfStream: false)));
        }
        return hash.GetHashAndReset();
    }
}
