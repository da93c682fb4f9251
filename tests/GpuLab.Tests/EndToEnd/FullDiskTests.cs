using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Results;
using GpuLab.Tests.Results;

namespace GpuLab.Tests.EndToEnd;

[Collection(Outside.Name)]
public sealed partial class FullDiskTests : IDisposable
{
    const int FileSize = 1, Trials = 300;
    readonly Workplace place = new();

    /// <summary>The limit on the size of files needs no privilege, so this holds on every machine.</summary>
    [Fact]
    public async Task No_room_for_another_sample_stops_the_run_and_loses_nothing()
    {
        var folder = place.At("run");
        using var run = Gpulab.Start("run", place.Sweep(Trials), "--out", folder);
        await Workplace.Until(run, folder, 10);
        var now = new FileInfo(Path.Combine(folder, RunFiles.Samples)).Length;
        var limit = new Limit((ulong)now + 2000, ulong.MaxValue);
        Assert.Equal(0, prlimit(run.Pid, FileSize, limit, 0));
        await StopsAndGoesOn(folder, await run.End(), "would grow beyond the largest file allowed here");
        Assert.Empty(Leftovers.WorkersOf(run.Pid));
    }

    [MountFact]
    public async Task A_full_disk_stops_the_run_and_loses_nothing()
    {
        var disk = place.At("disk");
        Assert.Null(Kernel.Mount(disk, 200));
        try
        {
            var folder = Path.Combine(disk, "run");
            var ended = await Gpulab.Run("run", place.Sweep(Trials), "--out", folder);
            Assert.Equal(0, (await Gpulab.Execute(["mount", "-o", "remount,size=50m", disk])).Code);
            await StopsAndGoesOn(folder, ended, "is full");
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    [MountFact]
    public async Task A_disk_that_is_full_from_the_start_is_told_before_anything_is_measured()
    {
        var disk = place.At("disk");
        Assert.Null(Kernel.Mount(disk, 64));
        try
        {
            await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(Path.Combine(disk, "ballast"), new byte[1 << 20]));
            var ended = await Gpulab.Run("run", place.Sweep(), "--out", Path.Combine(disk, "run"));
            Assert.True(ended.Code == 1, ended.ToString());
            Assert.Contains("is full. Nothing was measured", ended.Error, StringComparison.Ordinal);
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    [MountFact]
    public async Task A_read_only_disk_says_so()
    {
        var disk = place.At("disk");
        Assert.Null(Kernel.Mount(disk, 1000));
        try
        {
            Assert.Equal(0, (await Gpulab.Run("run", place.Sweep(), "--out", Path.Combine(disk, "run"))).Code);
            Kernel.MakeReadOnly(disk);
            foreach (var arguments in new string[][] { ["run", place.Sweep(), "--out", Path.Combine(disk, "new")], ["run", "--resume", Path.Combine(disk, "run")] })
            {
                var ended = await Gpulab.Run(arguments);
                Assert.True(ended.Code == 1, ended.ToString());
                Assert.Contains("cannot be written: Read-only file system", ended.Error, StringComparison.Ordinal);
            }
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    public void Dispose() => place.Dispose();

    static async Task StopsAndGoesOn(string folder, Ended ended, string reason)
    {
        Assert.True(ended.Code == 1, ended.ToString());
        Assert.Contains(reason, ended.Error, StringComparison.Ordinal);
        Assert.Contains("Every finished trial is saved", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        var kept = Workplace.Finished(folder);
        Assert.InRange(kept.Count, 1, Trials - 1);
        var samples = (await File.ReadAllBytesAsync(Path.Combine(folder, RunFiles.Samples)))[..(int)kept[^1].SamplesLength];

        var resumed = await Gpulab.Run("run", "--resume", folder);
        Assert.True(resumed.Code == 0, resumed.ToString());
        Assert.Equal(RunFolderReader.Read(folder).Plan.Trials, Workplace.Finished(folder).Select(d => d.Trial));
        Assert.True((await File.ReadAllBytesAsync(Path.Combine(folder, RunFiles.Samples))).AsSpan().StartsWith(samples));
    }

    [StructLayout(LayoutKind.Sequential)]
    readonly record struct Limit(ulong Soft, ulong Hard);

    [LibraryImport("libc")]
    private static partial int prlimit(int pid, int resource, in Limit wanted, nint before);
}

/// <summary>A test that needs a file system of its own; skipped, with the reason, where mounting is not allowed.</summary>
sealed class MountFactAttribute : FactAttribute
{
    static readonly string? refusal = Try();

    public MountFactAttribute() => Skip = refusal is null ? null : string.Create(CultureInfo.InvariantCulture, $"mounting a tmpfs is not allowed here: {refusal}");

    static string? Try()
    {
        var folder = Directory.CreateTempSubdirectory("gpulab-mount-").FullName;
        var refused = Kernel.Mount(folder, 64);
        if (refused is null) Kernel.Unmount(folder);
        Directory.Delete(folder);
        return refused;
    }
}
