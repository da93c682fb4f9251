using System.Text;
using System.Text.Json;
using GpuLab.Results;

namespace GpuLab.Tests.Results;

public sealed class RoundTripTests : RunFolderFixture
{
    public static TheoryData<string> HostileTexts => ["", " ", "\"", "\"\"", "a,b", "a\nb", "a\r\nb", "\r", "'", "שלום\u202E עולם", "🧪🧪", "=1+1", "#x", "null", "a\0b", "\t", "trial", "\uFEFFx", new string('x', 5000)];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Any_text_comes_back_as_it_was_in_every_column(string text)
    {
        var sample = new SampleRow("t" + text, 1, text, Phase.SoloAfter, 0, text, 1, 2, 3, 4, text);
        var reading = new TelemetryRow("t" + text, 1, text, text, 2);
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            folder.Append([sample, Sample("t" + text, 1)]);
            folder.Append([reading]);
            folder.Append(new WorkerEvent(1, text, "start", text, 0.5));
            folder.FinishTrial(Outcome("t" + text));
        }
        var data = RunFolderReader.Read(Folder);
        Assert.Equal([sample, Sample("t" + text, 1)], data.Samples);
        Assert.Equal([reading], data.Telemetry);
        Assert.Equal(new WorkerEvent(1, text, "start", text, 0.5), data.Events[0]);
    }

    [Fact]
    public void A_slice_of_any_name_has_a_log_inside_the_workers_folder_and_unlike_names_have_unlike_logs()
    {
        using var folder = RunFolder.Create(Folder, Info, Plan);
        string[] slices = ["1c@0", "3g.71gb@4(1c+2c)", "..", "../x", "/etc/passwd", "a/b", "a%2Fb", "A", "a", "", "🧪", new('y', 400), new string('y', 400) + "z"];
        var logs = slices.Select(folder.WorkerLog).ToArray();
        Assert.Equal(slices.Length, logs.Distinct().Count());
        Assert.All(logs, log =>
        {
            Assert.Equal(Path.Combine(Folder, "workers"), Path.GetDirectoryName(Path.GetFullPath(log)));
            System.IO.File.WriteAllText(log, "");
        });
        Assert.EndsWith("/3g.71gb@4(1c+2c).log", logs[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_bit_of_a_double_survives_except_which_NaN_it_is()
    {
        var random = new Random(1);
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue,
            2.2250738585072014E-308, 0.1, 1 / 3.0, 1e22, 1e23, 9007199254740993, 5e-324, Math.BitDecrement(1), Math.BitIncrement(1),
            .. Enumerable.Range(0, 20_000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)))];
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            folder.Append([.. values.Select((v, i) => Sample("t1", i, v))]);
            folder.Append([.. values.Select((v, i) => Reading("t1", i, v))]);
            folder.Append(new TrialWindow(1, "t1", Phase.SoloBefore, 1, 2, 3, new Dictionary<string, double> { ["nan"] = double.NaN, ["inf"] = double.NegativeInfinity }));
            folder.FinishTrial(Outcome("t1"));
        }
        var data = RunFolderReader.Read(Folder);
        Assert.Equal(values.Select(Bits), data.Samples.Select(s => Bits(s.Value)));
        Assert.Equal(values.Select(Bits), data.Telemetry.Select(s => Bits(s.Value)));
        var window = Assert.IsType<TrialWindow>(data.Events[0]);
        Assert.Equal(Phase.SoloBefore, window.Phase);
        Assert.Equal([double.NaN, double.NegativeInfinity], window.Busy.Values);

        static long Bits(double value) => double.IsNaN(value) ? 1 : BitConverter.DoubleToInt64Bits(value);
    }

    [Fact]
    public void Whole_numbers_survive_at_their_limits_and_phases_have_the_names_of_the_format()
    {
        SampleRow[] rows = [.. Enum.GetValues<Phase>().Select(p => new SampleRow("t1", int.MaxValue, "s", p, long.MaxValue, "m", long.MinValue, long.MaxValue, 1, 0, ""))];
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            folder.Append(rows);
            folder.FinishTrial(Outcome("t1"));
        }
        Assert.Equal(rows, RunFolderReader.Read(Folder).Samples);
        var lines = System.IO.File.ReadAllLines(File("samples.csv"));
        Assert.Equal("trial,repeat,slice,phase,index,metric,start_ns,end_ns,k,value,flags", lines[0]);
        Assert.Equal(["warmup", "solo", "solo_before", "together", "solo_after", "interleaved"], lines[1..].Select(l => l.Split(',')[3]));
        Assert.Equal("trial,time_ns,scope,field,value", System.IO.File.ReadAllLines(File("telemetry.csv"))[0]);
    }

    [Fact]
    public void The_documents_come_back_as_they_were_and_are_readable_text()
    {
        using (var folder = RunFolder.Create(Folder, Info, Plan with { Seconds = double.NaN })) folder.End(Info.Start.AddMinutes(2), 3);
        var data = RunFolderReader.Read(Folder);
        var wanted = Info with { End = Info.Start.AddMinutes(2), Exit = 3, Done = 0, Trials = Plan.Trials.Count };
        Assert.Equal(Json(wanted), Json(data.Info));
        Assert.Equal(Json(wanted), Json(RunFolderReader.ReadInfo(Folder)));
        Assert.Equal(["cpu", "kernel"], data.Info.Provenance["host"].Keys);
        Assert.Equal(JsonSerializer.Serialize(Plan with { Seconds = double.NaN }, ResultsJson.Lines.PlanDocument), JsonSerializer.Serialize(data.Plan, ResultsJson.Lines.PlanDocument));
        var text = System.IO.File.ReadAllText(File("run.json"), new UTF8Encoding(false, throwOnInvalidBytes: true));
        Assert.Contains("\n  \"sweep_hash\": \"ab12\"", text, StringComparison.Ordinal);
        Assert.Contains("\\\"quoted\\\" ☃", text, StringComparison.Ordinal);

        static string Json(RunInfo info) => JsonSerializer.Serialize(info, ResultsJson.Lines.RunInfo);
    }

    [Fact]
    public void Every_kind_of_event_comes_back_as_its_own_type()
    {
        RunEvent[] events =
        [
            new RunStarted(1, Info.Start, "boot", 12, true), new PartitionStep(2, "2x1c", "apply", 0.1), new WorkerEvent(3, "1c@0", "exit", "0", 1),
            new RunEnded(9, 130, "interrupted"),
        ];
        TrialDone done;
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            foreach (var e in events) folder.Append(e);
            done = folder.FinishTrial(Outcome("t1", "failed"));
        }
        var read = RunFolderReader.Read(Folder).Events;
        Assert.Equal(events, read.Take(4));
        var last = Assert.IsType<TrialDone>(read[4]);
        Assert.Equal(done with { Flags = last.Flags }, last);
        Assert.Equal(["NOISY"], last.Flags);
        Assert.Equal("failed", last.Status);
    }

    [Fact]
    public void Only_rows_of_finished_trials_are_read_while_the_run_is_written()
    {
        using var folder = RunFolder.Create(Folder, Info, Plan);
        Run(folder, "t1");
        folder.Append([.. Enumerable.Range(0, 20_000).Select(i => Sample("t2", i))]);
        Assert.True(new FileInfo(File("samples.csv")).Length > 100_000, "rows of the trial in flight reach the file before it is finished");
        var data = RunFolderReader.Read(Folder);
        Assert.Equal(3, data.Samples.Count);
        Assert.All(data.Samples, s => Assert.Equal("t1", s.Trial));
    }

    [Fact]
    public void Abandoned_rows_are_gone_and_the_next_trial_follows_the_last_finished_one()
    {
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            folder.Append([.. Enumerable.Range(0, 20_000).Select(i => Sample("t0", i))]);
            folder.AbandonTrial();
            Run(folder, "t1");
            folder.Append([Sample("t2", 0)]);
            folder.AbandonTrial();
            Run(folder, "t3");
        }
        var data = RunFolderReader.Read(Folder);
        Assert.Equal(["t1", "t1", "t1", "t3", "t3", "t3"], data.Samples.Select(s => s.Trial));
        Assert.Equal(7, System.IO.File.ReadAllLines(File("samples.csv")).Length);
    }

    [Fact]
    public void Samples_readings_and_events_from_several_threads_do_not_tear_each_other()
    {
        const int each = 5_000;
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            Parallel.Invoke(
                () => { for (var i = 0; i < each; i++) folder.Append([Sample("t1", i, i, "a")]); },
                () => { for (var i = 0; i < each; i++) folder.Append([Sample("t1", i, i, "b")]); },
                () => { for (var i = 0; i < each; i++) folder.Append([Reading("t1", i)]); },
                () => { for (var i = 0; i < each; i++) folder.Append(new WorkerEvent(i, "a", "progress", "", 0)); },
                () => { for (var i = 0; i < each; i++) folder.Append(new WorkerEvent(i, "b", "progress", "", 0)); });
            folder.FinishTrial(Outcome("t1"));
        }
        var data = RunFolderReader.Read(Folder);
        foreach (var slice in (string[])["a", "b"])
        {
            Assert.Equal(Enumerable.Range(0, each).Select(i => Sample("t1", i, i, slice)), data.Samples.Where(s => s.Slice == slice));
            Assert.Equal(Enumerable.Range(0, each).Select(i => (long)i), data.Events.OfType<WorkerEvent>().Where(e => e.Slice == slice).Select(e => e.TimeNs));
        }
        Assert.Equal(Enumerable.Range(0, each).Select(i => Reading("t1", i)), data.Telemetry);
    }

    [Fact]
    public void Scratch_is_emptied_when_a_trial_ends()
    {
        using var folder = RunFolder.Create(Folder, Info, Plan);
        var scratch = folder.Scratch("../1c@0");
        Assert.StartsWith(Path.Combine(Folder, "scratch") + "/", Path.GetFullPath(scratch), StringComparison.Ordinal);
        System.IO.File.WriteAllText(Path.Combine(scratch, "weights"), "x");
        Run(folder, "t1");
        Assert.False(Directory.Exists(Path.Combine(Folder, "scratch")));
        System.IO.File.WriteAllText(Path.Combine(folder.Scratch("a"), "weights"), "x");
        folder.AbandonTrial();
        Assert.False(Directory.Exists(Path.Combine(Folder, "scratch")));
    }

    [Fact]
    public void Ten_thousand_trials_fit_one_run_and_are_read_in_parts_in_order()
    {
        const int trials = 10_000, each = 12;
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            for (var t = 0; t < trials; t++)
            {
                var id = "trial-" + Number(t);
                folder.Append([.. Enumerable.Range(0, each).Select(i => Sample(id, i, t + i / 100.0, i % 2 == 0 ? "1c@0" : "1c,\n\"@1"))]);
                folder.FinishTrial(Outcome(id));
            }
        }
        Assert.True(new FileInfo(File("samples.csv")).Length > 2 * (4 << 20), "large enough to be read in several parts");
        var data = RunFolderReader.Read(Folder);
        Assert.Equal(trials * each, data.Samples.Count);
        for (var i = 0; i < data.Samples.Count; i++)
            Assert.Equal(Sample("trial-" + Number(i / each), i % each, i / each + i % each / 100.0, i % 2 == 0 ? "1c@0" : "1c,\n\"@1"), data.Samples[i]);
        using var resumed = RunFolder.Resume(Folder, Info);
        Assert.Equal(trials, resumed.Finished.Count);
    }
}
