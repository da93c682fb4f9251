using System.Diagnostics;
using System.Globalization;
using GpuLab.Results;
using Xunit.Abstractions;

namespace GpuLab.Tests.Results;

public sealed class StorageTests(ITestOutputHelper output) : RunFolderFixture
{
    [Fact]
    public void A_second_writer_is_refused_and_told_who_holds_the_folder()
    {
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            Run(folder, "t1");
            foreach (var second in (Func<RunFolder>[])[() => RunFolder.Create(Folder, Info, Plan), () => RunFolder.Resume(Folder, Info)])
                Assert.Contains($"being written by another gpulab (pid {Environment.ProcessId} on ", Assert.Throws<RunFolderException>(second).Message, StringComparison.Ordinal);
            Run(folder, "t2");
        }
        using var resumed = RunFolder.Resume(Folder, Info);
        Assert.Equal(2, resumed.Finished.Count);
    }

    [Fact]
    public void A_lock_of_another_process_holds_until_that_process_dies_even_by_kill()
    {
        using (var folder = RunFolder.Create(Folder, Info, Plan)) Run(folder, "t1");
        using var other = Process.Start(new ProcessStartInfo("flock", ["-o", File(".lock"), "-c", "echo held; exec sleep 100"]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("held", other.StandardOutput.ReadLine());
            Assert.Contains("being written by another gpulab", Assert.Throws<RunFolderException>(() => RunFolder.Resume(Folder, Info)).Message, StringComparison.Ordinal);
        }
        finally
        {
            other.Kill(entireProcessTree: true);
            other.WaitForExit();
        }
        using var resumed = RunFolder.Resume(Folder, Info);
        Assert.Equal(["t1"], resumed.Finished);
    }

    [Fact]
    public void A_folder_with_something_else_in_it_is_left_alone()
    {
        Directory.CreateDirectory(Folder);
        System.IO.File.WriteAllText(File("thesis.tex"), "x");
        Assert.Contains("not empty and not a run of gpulab (it has 'thesis.tex')", Assert.Throws<RunFolderException>(() => RunFolder.Create(Folder, Info, Plan)).Message, StringComparison.Ordinal);
        Assert.Equal([File("thesis.tex")], Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void A_run_is_not_started_over_another_and_a_start_that_died_is()
    {
        using (var folder = RunFolder.Create(Folder, Info, Plan)) Run(folder, "t1");
        Assert.Contains("holds a run already", Assert.Throws<RunFolderException>(() => RunFolder.Create(Folder, Info, Plan)).Message, StringComparison.Ordinal);
        System.IO.File.Delete(File("run.json"));
        using (var folder = RunFolder.Create(Folder, Info, Plan)) Assert.Empty(folder.Finished);
        Assert.Empty(RunFolderReader.Read(Folder).Samples);
    }

    [Theory]
    [InlineData("samples.csv")]
    [InlineData("telemetry.csv")]
    [InlineData("events.jsonl")]
    public void A_disk_that_fills_up_costs_the_trial_in_flight_and_nothing_else(string file)
    {
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            Run(folder, "t1");
            Assert.Equal(1, Kernel.FillUp(File(file)));
            AssertFull(Assert.Throws<RunFolderException>(() => Run(folder, "t2", 20_000)), file);
            Assert.Equal(["t1"], folder.Finished);
        }
        AssertOnlyFirstAndGoesOn(Folder);
    }

    [Fact]
    public void A_small_file_system_that_fills_up_costs_the_trial_in_flight_and_can_be_written_again_once_there_is_room()
    {
        var disk = Path.Combine(Root, "disk");
        if (Kernel.Mount(disk, 256) is { } reason)
        {
            Announce(reason);
            return;
        }
        try
        {
            var path = Path.Combine(disk, "run");
            using (var folder = RunFolder.Create(path, Info, Plan))
            {
                Run(folder, "t1");
                AssertFull(Assert.Throws<RunFolderException>(() => Run(folder, "t2", 20_000)), "samples.csv");
                AssertFull(Assert.Throws<RunFolderException>(() => folder.Append([Sample("t2", 0)])), "samples.csv");
                AssertFull(Assert.Throws<RunFolderException>(() => folder.FinishTrial(Outcome("t2"))), "samples.csv");
                folder.AbandonTrial();
                Run(folder, "t2");
                AssertFull(Assert.Throws<RunFolderException>(() => Run(folder, "t3", 20_000)), "samples.csv");
            }
            var data = RunFolderReader.Read(path);
            Assert.Equal(6, data.Samples.Count);
            Assert.Equal(["t1", "t2"], data.Events.OfType<TrialDone>().Select(d => d.Trial));
            using (var folder = RunFolder.Resume(path, Info))
            {
                System.IO.File.WriteAllBytes(Path.Combine(disk, "ballast"), []);
                FillWithBallast(Path.Combine(disk, "ballast"));
                AssertFull(Assert.Throws<RunFolderException>(() => folder.End(Info.Start, 0)), "run.json");
                Assert.Null(RunFolderReader.ReadInfo(path).Exit);
                AssertFull(Assert.Throws<RunFolderException>(() => folder.Append(new WorkerEvent(1, "a", new('x', 100_000), "", 0))), "events.jsonl");
                System.IO.File.Delete(Path.Combine(disk, "ballast"));
                folder.Append(new WorkerEvent(2, "a", "after", "", 0));
                folder.End(Info.Start, 0);
            }
            Assert.Equal((byte)'\n', System.IO.File.ReadAllBytes(Path.Combine(path, "events.jsonl"))[^1]);
            Assert.Equal(["after"], RunFolderReader.Read(path).Events.OfType<WorkerEvent>().Select(e => e.What));
            Assert.Equal(0, RunFolderReader.ReadInfo(path).Exit);
            Assert.DoesNotContain(Directory.GetFiles(path), f => f.EndsWith(".tmp", StringComparison.Ordinal));
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    [Fact]
    public void A_read_only_folder_can_be_read_but_not_written_and_the_error_says_so()
    {
        var disk = Path.Combine(Root, "disk");
        if (Kernel.Mount(disk, 1024) is { } reason)
        {
            Announce(reason);
            return;
        }
        try
        {
            var path = Path.Combine(disk, "run");
            using (var folder = RunFolder.Create(path, Info, Plan)) Run(folder, "t1");
            Kernel.MakeReadOnly(disk);
            Assert.Equal(3, RunFolderReader.Read(path).Samples.Count);
            Assert.Contains("cannot be written: ", Assert.Throws<RunFolderException>(() => RunFolder.Resume(path, Info)).Message, StringComparison.Ordinal);
            Assert.Contains("cannot be written: ", Assert.Throws<RunFolderException>(() => RunFolder.Create(Path.Combine(disk, "new"), Info, Plan)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    [Theory]
    [InlineData("/sys/gpulab-run")]
    [InlineData("/proc/gpulab-run")]
    [InlineData("/dev/null/run")]
    public void A_place_where_nobody_may_write_is_named(string path)
    {
        var error = Assert.Throws<RunFolderException>(() => RunFolder.Create(path, Info, Plan));
        Assert.StartsWith($"'{path}' cannot be written: ", error.Message, StringComparison.Ordinal);
    }

    static void AssertFull(RunFolderException error, string file)
    {
        Assert.StartsWith("The disk that holds '", error.Message, StringComparison.Ordinal);
        Assert.Contains($"/{file}' is full. Every finished trial is saved; make room or access, then go on with --resume.", error.Message, StringComparison.Ordinal);
    }

    static void AssertOnlyFirstAndGoesOn(string path)
    {
        Assert.Equal(3, RunFolderReader.Read(path).Samples.Count);
        using (var folder = RunFolder.Resume(path, Info))
        {
            Assert.Equal(["t1"], folder.Finished);
            Run(folder, "t2");
        }
        Assert.Equal(6, RunFolderReader.Read(path).Samples.Count);
    }

    static void FillWithBallast(string path)
    {
        using var file = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        var block = new byte[1024];
        try
        {
            for (var at = 0L; ; at += block.Length) RandomAccess.Write(file, block, at);
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    void Announce(string reason)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"NOT TESTED on a real small file system: mounting is not permitted here ({reason}). The /dev/full tests of the same class ran.");
        output.WriteLine(line);
        Console.Error.WriteLine(line);
    }
}
