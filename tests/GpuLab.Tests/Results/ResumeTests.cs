using GpuLab.Results;

namespace GpuLab.Tests.Results;

/// <summary>A kill is a copy of the folder whose files end wherever the kill left them.</summary>
public sealed class ResumeTests : RunFolderFixture
{
    [Fact]
    public void A_kill_at_any_byte_of_the_events_loses_no_finished_trial()
    {
        var lengths = WriteThreeTrials();
        var events = System.IO.File.ReadAllBytes(File("events.jsonl"));
        var from = lengths[0].Events;
        for (var cut = from; cut <= events.Length; cut++)
        {
            var copy = Copy("cut");
            System.IO.File.WriteAllBytes(Path.Combine(copy, "events.jsonl"), events[..cut]);
            var finished = lengths.Where(l => l.Events <= cut).ToArray();
            AssertResumes(copy, finished);
        }
    }

    [Fact]
    public void A_kill_at_any_byte_of_the_samples_beyond_the_last_finished_trial_loses_nothing()
    {
        var lengths = WriteThreeTrials();
        var events = System.IO.File.ReadAllBytes(File("events.jsonl"))[..lengths[1].Events];
        var samples = System.IO.File.ReadAllBytes(File("samples.csv"));
        for (var cut = lengths[1].Done.SamplesLength; cut <= samples.Length; cut++)
        {
            var copy = Copy("cut");
            System.IO.File.WriteAllBytes(Path.Combine(copy, "events.jsonl"), events);
            System.IO.File.WriteAllBytes(Path.Combine(copy, "samples.csv"), samples[..(int)cut]);
            AssertResumes(copy, lengths[..2]);
        }
    }

    [Fact]
    public void A_power_cut_that_left_zeros_or_half_a_character_at_the_end_loses_nothing()
    {
        var lengths = WriteThreeTrials();
        foreach (var tail in (byte[][])[new byte[700], [0xE2, 0x98], "{\"event\":\"trial-done\"}\n"u8.ToArray(), "garbage\n"u8.ToArray()])
        {
            var copy = Copy("cut");
            Append(Path.Combine(copy, "events.jsonl"), tail);
            Append(Path.Combine(copy, "samples.csv"), tail);
            Append(Path.Combine(copy, "telemetry.csv"), tail);
            Assert.Equal(9, RunFolderReader.Read(copy).Samples.Count);
            AssertResumes(copy, lengths);
        }
    }

    [Fact]
    public void Samples_shorter_than_what_was_saved_are_refused_by_name()
    {
        WriteThreeTrials();
        using (var file = System.IO.File.OpenWrite(File("samples.csv"))) file.SetLength(file.Length - 1);
        var resume = Assert.Throws<RunFolderException>(() => RunFolder.Resume(Folder, Info));
        Assert.Contains("samples.csv' has", resume.Message, StringComparison.Ordinal);
        Assert.Contains("cut or replaced", resume.Message, StringComparison.Ordinal);
        Assert.Contains("cut or replaced", Assert.Throws<RunFolderException>(() => RunFolderReader.Read(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_is_running_again_until_it_ends()
    {
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            Run(folder, "t1");
            folder.End(Info.Start.AddSeconds(9), 130);
        }
        using (var folder = RunFolder.Resume(Folder, Info with { Start = Info.Start.AddDays(1) }))
        {
            Assert.Equal(["t1"], folder.Finished);
            Assert.Null(RunFolderReader.ReadInfo(Folder).Exit);
            Assert.Equal(Info.Start, folder.Info.Start);
            Assert.Throws<ArgumentException>(() => folder.FinishTrial(Outcome("t1")));
            Run(folder, "t2");
            folder.End(Info.Start.AddDays(2), 0);
        }
        Assert.Equal(0, RunFolderReader.ReadInfo(Folder).Exit);
        Assert.Equal(6, RunFolderReader.Read(Folder).Samples.Count);
    }

    [Fact]
    public void Another_sweep_seed_or_device_is_refused_and_the_folder_stays_as_it_was()
    {
        WriteThreeTrials();
        var before = System.IO.File.ReadAllBytes(File("run.json"));
        Refused(Info with { SweepHash = "cd34" }, "another sweep (ab12, now cd34)");
        Refused(Info with { Seed = 8 }, "another seed (7, now 8)");
        Refused(Info with { Device = "gpu:0" }, "another device (host, now gpu:0)");
        Assert.Equal(before, System.IO.File.ReadAllBytes(File("run.json")));
        RunFolder.Resume(Folder, Info).Dispose();

        void Refused(RunInfo info, string words) =>
            Assert.Contains(words, Assert.Throws<RunFolderException>(() => RunFolder.Resume(Folder, info)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_killed_before_its_first_trial_resumes_from_nothing()
    {
        using (var folder = RunFolder.Create(Folder, Info, Plan)) folder.Append([.. Enumerable.Range(0, 20_000).Select(i => Sample("t1", i))]);
        using (var folder = RunFolder.Resume(Folder, Info))
        {
            Assert.Empty(folder.Finished);
            Run(folder, "t1");
        }
        Assert.Equal(3, RunFolderReader.Read(Folder).Samples.Count);
    }

    [Fact]
    public void Rows_are_not_appended_under_a_header_with_other_columns()
    {
        WriteThreeTrials();
        var lines = System.IO.File.ReadAllText(File("samples.csv"));
        System.IO.File.WriteAllText(File("samples.csv"), lines.Replace(",flags\n", ",flags,more\n", StringComparison.Ordinal));
        Assert.Contains("other columns", Assert.Throws<RunFolderException>(() => RunFolder.Resume(Folder, Info)).Message, StringComparison.Ordinal);
    }

    sealed record Written(TrialDone Done, int Events);

    Written[] WriteThreeTrials()
    {
        using var folder = RunFolder.Create(Folder, Info, Plan);
        return [.. new[] { "t1", "t2", "t3" }.Select(t => new Written(Run(folder, t), (int)new FileInfo(File("events.jsonl")).Length))];
    }

    /// <summary>What is finished is there before and after, nothing else is, and the run can be completed.</summary>
    static void AssertResumes(string folder, Written[] finished)
    {
        var ids = finished.Select(f => f.Done.Trial).ToArray();
        Assert.Equal(3 * finished.Length, RunFolderReader.Read(folder).Samples.Count);
        using (var resumed = RunFolder.Resume(folder, Info))
        {
            Assert.Equal(ids, resumed.Finished.Order());
            Assert.Equal(finished[^1].Done.SamplesLength, new FileInfo(Path.Combine(folder, "samples.csv")).Length);
            Assert.Equal(finished[^1].Done.TelemetryLength, new FileInfo(Path.Combine(folder, "telemetry.csv")).Length);
            foreach (var trial in new[] { "t1", "t2", "t3" }.Except(ids)) Run(resumed, trial);
            Run(resumed, "t4");
        }
        var data = RunFolderReader.Read(folder);
        Assert.Equal(["t1", "t2", "t3", "t4"], data.Events.OfType<TrialDone>().Select(d => d.Trial));
        Assert.Equal(
            from t in new[] { "t1", "t2", "t3", "t4" } from i in Enumerable.Range(0, 3) select Sample(t, i, i / 3.0), data.Samples);
        Assert.Equal(8, data.Telemetry.Count);
    }

    static void Append(string path, byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.Append);
        file.Write(bytes);
    }
}
