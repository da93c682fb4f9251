using System.Text.Json;

namespace GpuLab.Control.Mig;

/// <summary>How a transaction ended.</summary>
public enum MigEnding
{
    /// <summary>It did not: what was found is owed.</summary>
    Open,

    /// <summary>The change was meant to stay.</summary>
    Kept,

    /// <summary>What was found is back.</summary>
    Restored,
}

/// <summary>The last transaction on a GPU, read from its journal.</summary>
/// <param name="Boot">Of the machine when it began.</param>
/// <param name="Reason">Why it could not be restored at the last attempt, or null.</param>
public sealed record MigStory(string Gpu, string Boot, int Pid, DateTimeOffset Time, MigSnapshot Found, MigLedger Ledger, MigEnding Ending, string? Reason)
{
    /// <summary>Seconds from announcing a step to having seen what came of it.</summary>
    public IReadOnlyList<(MigStep Step, double Seconds)> Took { get; private init; } = [];

    /// <exception cref="PartitionException">It is not a journal, or one of a newer version.</exception>
    internal static MigStory? Read(string path)
    {
        if (!File.Exists(path)) return null;
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        MigStory? story = null;
        var took = new List<(MigStep, double)>();
        MigRecord.Doing? announced = null;
        for (var line = 1; bytes.IndexOf((byte)'\n') is var end and >= 0; line++)
        {
            var record = Parse(path, line, bytes[..end]);
            if (record is MigRecord.Did did && announced is not null) took.Add((did.Step, (did.Time - announced.Time).TotalSeconds));
            announced = record as MigRecord.Doing;
            story = Next(story, record, path);
            bytes = bytes[(end + 1)..];
        }
        return story is null ? null : story with { Took = took };
    }

    static MigRecord Parse(string path, int line, ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, MigJson.Default.MigRecord) ?? throw new JsonException("null is no record.");
        }
        catch (JsonException e)
        {
            throw new PartitionException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"'{path}' line {line} is not a record of a MIG change: {e.Message} Look at what 'nvidia-smi mig -lgi' shows; when it is as it should be, delete the file."), e);
        }
    }

    static MigStory Next(MigStory? story, MigRecord record, string path)
    {
        if (record is MigRecord.Begun begun)
        {
            return begun.Version > MigRecord.Current
                ? throw new PartitionException($"'{path}' was written by a newer gpulab; let that one restore the GPU.")
                : new(begun.Gpu, begun.Boot, begun.Pid, begun.Time, begun.Found, new(begun.Found), MigEnding.Open, null);
        }
        if (story is null) throw new PartitionException($"'{path}' does not begin with what was found.");
        switch (record)
        {
            case MigRecord.Doing doing:
                story.Ledger.Before(doing.Step);
                break;
            case MigRecord.Did did:
                story.Ledger.After(did.Step);
                break;
        }
        return record switch
        {
            MigRecord.Stuck stuck => story with { Ending = MigEnding.Open, Reason = stuck.Reason },
            MigRecord.Kept => story with { Ending = MigEnding.Kept },
            MigRecord.Ended => story with { Ending = MigEnding.Restored },
            _ => story.Ending == MigEnding.Open ? story : story with { Ending = MigEnding.Open },
        };
    }
}
