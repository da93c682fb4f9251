using GpuLab.Results;

namespace GpuLab.Tests.Results;

public sealed class ReaderTests : RunFolderFixture
{
    [Fact]
    public void Unknown_columns_in_any_place_and_unknown_kinds_of_event_are_passed_over()
    {
        Write();
        var before = RunFolderReader.Read(Folder);
        var rows = System.IO.File.ReadAllLines(File("samples.csv"));
        var widened = string.Concat(rows.Select((r, i) => (i == 0 ? "new,extra," : "\"a,\"\"b\",7,") + r + (i == 0 ? ",last" : ",z") + "\n"));
        System.IO.File.WriteAllText(File("samples.csv"), widened);
        var events = System.IO.File.ReadAllText(File("events.jsonl"))
            .Replace($"\"samples_length\":{before.Events.OfType<TrialDone>().Last().SamplesLength}", $"\"samples_length\":{widened.Length}", StringComparison.Ordinal);
        System.IO.File.WriteAllText(File("events.jsonl"), "{\"time_ns\":4,\"event\":\"of-the-future\",\"what\":[1]}\n" + events.Replace("\"status\":", "\"colour\":\"red\",\"status\":", StringComparison.Ordinal));
        var data = RunFolderReader.Read(Folder);
        Assert.Equal(before.Samples, data.Samples);
        Assert.Equal(new RunEvent(4), data.Events[0]);
        Assert.Equal(before.Events.Count + 1, data.Events.Count);
    }

    [Theory]
    [InlineData("run.json")]
    [InlineData("plan.json")]
    public void A_newer_schema_is_refused_in_a_sentence_whatever_else_is_in_it(string name)
    {
        Write();
        System.IO.File.WriteAllText(File(name), "{\"schema\": 2, \"all\": \"new\"}");
        var read = Assert.Throws<RunFolderException>(() => RunFolderReader.Read(Folder));
        Assert.Contains("written by a newer gpulab (schema 2; this one reads up to 1)", read.Message, StringComparison.Ordinal);
        Assert.Equal(read.Message, Assert.Throws<RunFolderException>(() => RunFolder.Resume(Folder, Info)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"schema\":0}")]
    [InlineData("{\"schema\":1}")]
    [InlineData("{\"schema\":\"1\"}")]
    public void A_damaged_document_is_named(string text)
    {
        Write();
        System.IO.File.WriteAllText(File("run.json"), text);
        Assert.Contains("run.json' is damaged: ", Assert.Throws<RunFolderException>(() => RunFolderReader.ReadInfo(Folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run.json", "is not a run folder")]
    [InlineData("plan.json", "plan.json' is missing")]
    [InlineData("samples.csv", "samples.csv' is missing")]
    [InlineData("telemetry.csv", "telemetry.csv' is missing")]
    [InlineData("events.jsonl", "events.jsonl' is missing")]
    public void A_missing_file_is_named(string name, string words)
    {
        Write();
        System.IO.File.Delete(File(name));
        Assert.Contains(words, Assert.Throws<RunFolderException>(() => RunFolderReader.Read(Folder)).Message, StringComparison.Ordinal);
        Assert.Contains(words, Assert.Throws<RunFolderException>(() => RunFolder.Resume(Folder, Info)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_run_folder_is_called_so()
    {
        foreach (var path in new[] { Root, Path.Combine(Root, "nothing"), "/dev/null" })
            Assert.Contains("is not a run folder", Assert.Throws<RunFolderException>(() => RunFolderReader.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("together", "togethar", "line 5 is damaged: phase is 'togethar', expected the name of a phase")]
    [InlineData(",together,", ",,", "line 5 is damaged: phase is '', expected the name of a phase")]
    [InlineData(",bandwidth,1000000001000,", ",bandwidth,1e12,", "line 5 is damaged: start_ns is '1e12', expected a whole number")]
    [InlineData(",0.3333333333333333,", ",0.33333333333333x3,", "line 5 is damaged: value is '0.33333333333333x3', expected a number")]
    [InlineData("\nt1,0,", "\nt1,,,", "line 5 is damaged: repeat is '', expected a whole number")]
    [InlineData(",together,", ";together,", "line 5 is damaged: it has 10 fields, expected 11")]
    [InlineData(",together,", ",\"together\"x,", "line 5 is damaged: its quotes do not match")]
    public void A_damaged_row_is_named_with_its_line_and_column(string from, string to, string words)
    {
        // The first row of the trial has a line break in a text, so that lines and records differ.
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            folder.Append([Sample("t1", 0, 0, "a\nb"), Sample("t1", 0, 2), Sample("t1", 1, 1 / 3.0), Sample("t1", 2, 3)]);
            folder.FinishTrial(Outcome("t1"));
        }
        var text = System.IO.File.ReadAllText(File("samples.csv"));
        var line = text.IndexOf("\nt1,0,1c@0,together,1,", StringComparison.Ordinal);
        var at = text.IndexOf(from, line, StringComparison.Ordinal);
        Assert.InRange(at, line, line + 100);
        System.IO.File.WriteAllText(File("samples.csv"), text[..at] + to + text[(at + from.Length)..] + new string('\n', 8));
        Assert.Equal($"'{File("samples.csv")}' {words}. Restore the file from a copy, or run the sweep again.", Assert.Throws<RunFolderException>(() => RunFolderReader.Read(Folder)).Message);
    }

    [Fact]
    public void The_first_of_several_damaged_rows_of_a_file_read_in_parts_is_named_by_its_line_in_the_file()
    {
        const int each = 20_000;
        using (var folder = RunFolder.Create(Folder, Info, Plan))
            foreach (var trial in Enumerable.Range(0, 12)) Run(folder, "t" + Number(trial), each);
        var lines = System.IO.File.ReadAllLines(File("samples.csv"));
        Assert.True(new FileInfo(File("samples.csv")).Length > 3 * (4 << 20));
        foreach (var line in (int[])[11 * each + 77, 8 * each + 5])
        {
            lines[line - 1] = lines[line - 1].Replace("bandwidth,1", "bandwidth,x", StringComparison.Ordinal);
            System.IO.File.WriteAllText(File("samples.csv"), string.Join('\n', lines) + "\n");
            var words = FormattableString.Invariant($"samples.csv' line {line} is damaged: start_ns is 'x");
            Assert.Contains(words, Assert.Throws<RunFolderException>(() => RunFolderReader.Read(Folder)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_missing_column_is_named()
    {
        Write();
        System.IO.File.WriteAllText(File("telemetry.csv"), System.IO.File.ReadAllText(File("telemetry.csv")).Replace("scope", "scale", StringComparison.Ordinal));
        Assert.Contains("telemetry.csv' has no column 'scope'", Assert.Throws<RunFolderException>(() => RunFolderReader.Read(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_event_that_is_not_the_last_is_named_with_its_line()
    {
        Write();
        var lines = System.IO.File.ReadAllLines(File("events.jsonl"));
        lines[1] = lines[1].Replace("\"trial\"", "\"tral\"", StringComparison.Ordinal);
        System.IO.File.WriteAllText(File("events.jsonl"), string.Join('\n', lines) + "\n");
        foreach (var action in (Action[])[() => RunFolderReader.Read(Folder), () => RunFolder.Resume(Folder, Info)])
            Assert.Contains("events.jsonl' line 2 is not an event", Assert.Throws<RunFolderException>(action).Message, StringComparison.Ordinal);
    }

    void Write()
    {
        using var folder = RunFolder.Create(Folder, Info, Plan);
        Run(folder, "t1");
        Run(folder, "t2");
    }
}
