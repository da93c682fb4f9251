using GpuLab.Running;

namespace GpuLab.Tests.Running;

public sealed class ProcessorWaitTests : IDisposable
{
    const long Second = 1_000_000_000;

    readonly string proc = Directory.CreateTempSubdirectory("gpulab-proc").FullName;

    [Theory]
    [InlineData(900, 100, 1, 0.1)] // worked and waited all the time
    [InlineData(1000, 0, 1, 0)]
    [InlineData(20, 300, 1, 0)] // hardly wanted to: none that measures
    [InlineData(300, 100, 0.5, 0.25)] // a dialled slice wants half of the time
    public void The_share_is_of_the_time_that_a_thread_wanted_to_run(int ran, int waited, double duty, double share)
    {
        Thread(1, 7 * Second, 3 * Second);
        Thread(2, 0, 0);
        var before = ProcessorWait.Read(42, proc)!.Value with { Time = 0 };
        Thread(1, 7 * Second + ran * 1_000_000L, 3 * Second + waited * 1_000_000L);
        var after = ProcessorWait.Read(42, proc)!.Value with { Time = Second };
        Assert.Equal(share, after.Since(before, duty), 1e-9);
    }

    [Fact]
    public void The_worst_thread_tells()
    {
        var before = new ProcessorWait(new Dictionary<string, (long, long)>(), 0);
        Thread(1, Second, 0);
        Thread(2, Second / 2, Second / 2);
        Assert.Equal(0.5, (ProcessorWait.Read(42, proc)!.Value with { Time = Second }).Since(before, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no numbers here")]
    public void What_cannot_be_read_is_not_known(string text)
    {
        Assert.Null(ProcessorWait.Read(42, proc));
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(proc, "42", "task", "1")).FullName, "schedstat"), text);
        Assert.Null(ProcessorWait.Read(42, proc));
    }

    public void Dispose() => Directory.Delete(proc, recursive: true);

    void Thread(int number, long ran, long waited) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(proc, "42", "task", $"{number}")).FullName, "schedstat"), $"{ran} {waited} 12\n");
}
