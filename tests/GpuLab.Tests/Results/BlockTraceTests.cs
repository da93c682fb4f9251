using GpuLab.Results;

namespace GpuLab.Tests.Results;

public sealed class BlockTraceTests : RunFolderFixture
{
    static readonly BlockTime[] blocks = [new(3, 1000, 1200), new(0, 1010, 1190), new(3, 1210, 1420)];

    [Fact]
    public void A_trace_is_read_as_it_was_written_with_times_from_its_first_start()
    {
        var path = Path.Combine(Root, BlockTrace.FileName);
        BlockTrace.Write(path, blocks);
        Assert.Equal(blocks.Select(b => b with { StartNs = b.StartNs - 1000, EndNs = b.EndNs - 1000 }), BlockTrace.Read(path));
        BlockTrace.Write(path, []);
        Assert.Empty(BlockTrace.Read(path));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a,b,c\n", 1)]
    [InlineData("sm,start_ns,end_ns\n1,2,3\n1,2\n", 3)]
    [InlineData("sm,start_ns,end_ns\n-1,2,3\n", 2)]
    [InlineData("sm,start_ns,end_ns\n1,3,2\n", 2)]
    [InlineData("sm,start_ns,end_ns\n1,2,3\n1,4", 3)]
    [InlineData("sm,start_ns,end_ns\n99999999999,2,3\n", 2)]
    public void A_damaged_trace_is_refused_with_its_line(string text, int line)
    {
        var path = Path.Combine(Root, BlockTrace.FileName);
        System.IO.File.WriteAllText(path, text);
        Assert.Contains(FormattableString.Invariant($"line {line} is damaged"), Assert.Throws<RunFolderException>(() => BlockTrace.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_probe_leaves_to_stay_outlives_its_scratch_folder_and_is_named_from_an_event()
    {
        using (var folder = RunFolder.Create(Folder, Info, Plan))
        {
            foreach (var attempt in (int[])[1, 2])
            {
                var left = Path.Combine(folder.Scratch("t1"), BlockTrace.FileName);
                BlockTrace.Write(left, blocks[..attempt]);
                folder.Keep(attempt, "t1", "1c@0", left);
            }
            Run(folder, "t1");
        }
        var events = RunFolderReader.Read(Folder).Events.OfType<TrialBlob>().ToList();
        Assert.Equal(2, events.Count);
        Assert.All(events, e => Assert.Equal("blobs/t1-1c@0-blocks.csv", e.Path));
        Assert.Equal(2, BlockTrace.Read(Path.Combine(Folder, events[0].Path)).Count);
        Assert.False(Directory.Exists(Path.Combine(Folder, "scratch")));
    }
}
