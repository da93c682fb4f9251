using System.Globalization;
using System.Text;
using GpuLab.Model;
using GpuLab.Sweeps.Reading;

namespace GpuLab.Sweeps;

/// <summary>A sweep, or everything that is wrong with its text; never both.</summary>
/// <param name="Errors">By line, then by column.</param>
public sealed record SweepReading(Sweep? Sweep, IReadOnlyList<SweepError> Errors);

/// <summary>
/// Reads sweeps (FORMATS, "A sweep"): strictly, with the place of every error, and without trusting the text:
/// whatever it is, the answer comes soon and in little memory.
/// </summary>
public static class SweepReader
{
    /// <param name="file">Its name, for messages.</param>
    public static SweepReading Read(string text, string file, IReadOnlyList<ProbeInfo> catalogue)
    {
        var errors = new Errors(file);
        // A byte-order mark is no part of the text.
        var body = text.StartsWith('\uFEFF') ? text[1..] : text;
        var root = TextCheck.Passes(body, errors) ? NodeReader.Read(body, errors) : null;
        var draft = new SweepDraft();
        if (root is not null && SweepFields.For(catalogue).Read(root, errors, draft)) CheckWhole(draft, root.Place, errors);
        return errors.Any ? new(null, errors.InOrder()) : new(draft.ToSweep(text, file), []);
    }

    /// <summary>Reads a file's bytes: UTF-8 of a size that a sweep can have.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SweepReading ReadFile(string path, IReadOnlyList<ProbeInfo> catalogue)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[TextCheck.MaxLength + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > TextCheck.MaxLength) return Refused(path, string.Create(CultureInfo.InvariantCulture, $"the file has more than {TextCheck.MaxLength} bytes: too much for a sweep."));
        if (bytes.AsSpan(0, length) is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..]) return Refused(path, "not UTF-8 text but UTF-16: save the file as UTF-8.");
        return Read(Encoding.UTF8.GetString(bytes, 0, length), path, catalogue);
    }

    /// <summary>What no key can tell by itself.</summary>
    static void CheckWhole(SweepDraft draft, TextPlace start, Errors errors)
    {
        ModeNeeds.Check(draft, start, errors);
        var stopping = draft.Stopping;
        if (stopping.MinTime > stopping.MaxTime)
        {
            var place = draft.MinTime?.Place ?? draft.MaxTime!.Value.Place;
            errors.Add(place, $"min_time ({Units.SecondsText(stopping.MinTime)}) is more than max_time ({Units.SecondsText(stopping.MaxTime)}): a repeat could never end well.");
        }
        ProbeOverlap.Check(draft.Probes, errors);
    }

    static SweepReading Refused(string file, string message) => new(null, [new(file, new(1, 1), message)]);
}
