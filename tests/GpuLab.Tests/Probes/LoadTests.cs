using GpuLab.Control;
using GpuLab.Control.Simulated;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Probes.Loading;
using GpuLab.Running;

namespace GpuLab.Tests.Probes;

[Collection(nameof(HostProbes))]
public sealed class LoadTests : IDisposable
{
    readonly Bench bench = new();
    readonly string folder = Directory.CreateTempSubdirectory("gpulab-load").FullName;

    public void Dispose()
    {
        bench.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Both loaders from every tier, on one thread and on all, with sizes that no chunk divides.</summary>
    public static TheoryData<string, string, double, int> Cells()
    {
        var cells = new TheoryData<string, string, double, int>();
        foreach (var id in (string[])["load.plain", "load.pipelined"])
        {
            foreach (var tier in (string[])["cold", "warm", "pinned"])
            {
                cells.Add(id, tier, 64 << 10, 1);
                cells.Add(id, tier, 9_999_998, Bench.Cpus.Count);
            }
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_load_samples_without_allocating_and_every_byte_is_right(string id, string tier, double bytes, int threads)
    {
        using var probe = bench.Prepare(id, threads, ("bytes", ParameterValue.Bytes(bytes)), ("tier", ParameterValue.Of(tier)), ("chunk", ParameterValue.Bytes(1 << 20)));
        bench.Take(probe, 1);
        var sink = new SampleSink(bench.Ring);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++) probe.Sample(ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var samples = new List<Sample>();
        bench.Ring.Drain(samples);
        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], samples.Select(s => s.Metric));
        Assert.All(samples, s => Assert.True(s.Flags == SampleFlags.None && s.End > s.Start && s.Value >= 0, s.ToString()));
        foreach (var load in samples.Chunk(3))
        {
            // What was read and what was copied after it make the whole.
            Assert.Equal((load[0].End - load[0].Start) / 1e9, load[1].Value + load[2].Value, 1e-9);
            Assert.True(load[0].Value > bytes / 1e3);
        }
        Assert.Null(probe.Verify());
        Assert.True(probe.Ceiling!.Value > 0);
        Assert.StartsWith(tier == "cold" ? "0 of" : tier == "warm" ? string.Concat(probe.Facts["resident"].Split(' ')[2], " of") : "", probe.Facts["resident"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public unsafe void A_wrong_byte_anywhere_is_found_and_named(bool pipelined)
    {
        using var probe = LoadProbe.Prepare(bench.Request(1, ("bytes", ParameterValue.Bytes(1 << 20)), ("tier", ParameterValue.Of("warm"))), pipelined);
        bench.Take(probe, 1);
        Assert.Null(probe.Verify());
        ((HostPlace)probe.Place).Memory[600_001] ^= 4;
        Assert.Contains("256KiB from byte 524288 on were loaded wrong", probe.Verify(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load.plain", "cold")]
    [InlineData("load.plain", "warm")]
    [InlineData("load.pipelined", "cold")]
    [InlineData("load.pipelined", "warm")]
    public void A_file_that_becomes_shorter_between_two_loads_is_an_error_and_no_crash(string id, string tier)
    {
        var path = Make("model", 4 << 20);
        using var probe = bench.Prepare(id, 1, ("checkpoint", Text(path)), ("tier", ParameterValue.Of(tier)));
        bench.Take(probe, 1);
        using (var file = File.Open(Path.Combine(path, "model.safetensors"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(1_000_001);
        var wrong = Assert.Throws<CheckpointException>(() => bench.Take(probe, 1));
        Assert.Contains("model.safetensors' became shorter while it was read", wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>Cut at a random moment of a load from the page cache: either the cut waits for the load, or the load says what happened; the process goes on.</summary>
    [Fact]
    public unsafe void A_file_that_is_cut_while_it_is_loaded_is_loaded_whole_or_an_error_and_no_crash()
    {
        const int length = 16 << 20;
        var random = new Random(3);
        for (var round = 0; round < 25; round++)
        {
            var path = Path.Combine(Make($"cut{round}", length), "model.safetensors");
            using var files = LoadFiles.Of(bench.Request(1, ("checkpoint", Text(path))));
            var expected = File.ReadAllBytes(path);
            using var into = new HostPlace(files.Room, Team.For(Bench.Cpus));
            new Span<byte>(into.Memory, (int)files.Bytes).Fill(0xEE);
            using var loader = new PipelinedLoader(files, LoadTier.Warm, into, Bench.Cpus, Parameters.None);
            var wait = TimeSpan.FromMilliseconds(3 * random.NextDouble());
            var cut = new Thread(() =>
            {
                Thread.Sleep(wait);
                using var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                file.SetLength(length / 2);
            });
            cut.Start();
            try
            {
                loader.Load();
                Assert.True(new ReadOnlySpan<byte>(into.Memory, (int)files.Bytes).SequenceEqual(expected));
            }
            catch (CheckpointException wrong)
            {
                Assert.Contains("became shorter while it was read", wrong.Message, StringComparison.Ordinal);
            }
            cut.Join();
            Assert.Equal(length / 2, new FileInfo(path).Length);
        }
    }

    [Fact]
    public void Files_are_held_only_while_nobody_writes_them_and_they_are_as_long_as_they_were()
    {
        var path = Path.Combine(Make("held", 1 << 20), "model.safetensors");
        using var files = LoadFiles.Of(bench.Request(1, ("checkpoint", Text(path))));
        using var held = new HeldFiles(files, files.Open(direct: false)!);
        Assert.True(held.TryHold());
        held.Release();
        using (File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) Assert.False(held.TryHold());
        Assert.True(held.TryHold());
        held.Release();
        using (var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(4096);
        Assert.False(held.TryHold());
    }

    [Fact]
    public void Made_weights_leave_no_file_and_are_made_once()
    {
        var request = bench.Request(1, ("bytes", ParameterValue.Bytes(777_776)), ("tier", ParameterValue.Of("warm")));
        string first;
        using (var files = LoadFiles.Of(request)) first = files.PathOf(0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(request.Scratch));
        using var again = LoadFiles.Of(request);
        Assert.Equal(first, again.PathOf(0));
        Assert.True(again.Bytes > 777_776);
    }

    [Fact]
    public void A_sharded_checkpoint_is_loaded_whole()
    {
        var path = Make("sharded", 3 << 20, shard: 1 << 20);
        using var probe = bench.Prepare("load.pipelined", 1, ("checkpoint", Text(path)), ("tier", ParameterValue.Of("cold")), ("chunk", ParameterValue.Bytes(64 << 10)), ("pool", ParameterValue.Bytes(128 << 10)));
        Assert.Equal("3", probe.Facts["files"]);
        bench.Take(probe, 3);
        Assert.Null(probe.Verify());
    }

    [Fact]
    public void Weights_on_tmpfs_cannot_be_loaded_cold()
    {
        var request = bench.Request(1, ("bytes", ParameterValue.Bytes(1 << 20)), ("tier", ParameterValue.Of("cold"))) with { Scratch = "/dev/shm" };
        Assert.Contains("tmpfs", Assert.Throws<ProbeSkippedException>(() => LoadProbe.Prepare(request, pipelined: true)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries("/dev/shm", "weights-*"));
    }

    [Fact]
    public void What_cannot_be_loaded_is_said_before_the_run()
    {
        Assert.Contains("more than the", Obstacle("load.plain", ("bytes", ParameterValue.Bytes(1L << 44))), StringComparison.Ordinal);
        Assert.Contains("does not exist", Obstacle("load.pipelined", ("checkpoint", Text("/no/where"))), StringComparison.Ordinal);
        Assert.Contains("no room for one chunk", Obstacle("load.pipelined", ("chunk", ParameterValue.Bytes(2 << 20)), ("pool", ParameterValue.Bytes(1 << 20))), StringComparison.Ordinal);
        var cut = Make("cut", 1 << 20);
        using (var file = File.OpenWrite(Path.Combine(cut, "model.safetensors"))) file.SetLength(1 << 19);
        Assert.Contains("tensor 'w' ends at byte", Obstacle("load.plain", ("checkpoint", Text(cut))), StringComparison.Ordinal);
        Assert.Null(Obstacle("load.pipelined", ("checkpoint", Text(Make("right", 1 << 20)))));
    }

    [Fact]
    public void A_simulated_slice_loads_over_the_link_and_refuses_what_it_has_no_room_for()
    {
        var device = SimulatedDevice.Open("h200-141gb");
        var info = Catalogue.Probes.Single(p => p.Id == "load.pipelined");
        var slice = new Slice(0, "1g.18gb@0", "1g.18gb", 0, 1, [], new Dictionary<string, string>());
        Assert.Null(Catalogue.Obstacle(device, info, slice, Cell(("tier", ParameterValue.Of("pinned")), ("bytes", ParameterValue.Bytes(1 << 30)))));
        Assert.Contains("1g.18gb@0 has", Catalogue.Obstacle(device, info, slice, Cell(("tier", ParameterValue.Of("pinned")), ("bytes", ParameterValue.Bytes(20L << 30)))), StringComparison.Ordinal);
        Assert.Null(Catalogue.Obstacle(device, info, slice, Cell(("tier", ParameterValue.Of("cold")))));
    }

    static ParameterValue Text(string text) => new(ParameterType.Text, double.NaN, text);

    static Parameters Cell(params (string Name, ParameterValue Value)[] parameters) => new([.. parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))]);

    static string? Obstacle(string id, params (string, ParameterValue)[] parameters) => ((IForesight)Catalogue.For(DeviceKind.Host, id)!).Obstacle(new(0, "whole", "whole", 0, 1, [], new Dictionary<string, string>()), Cell(parameters));

    string Make(string name, long bytes, long shard = 1L << 40)
    {
        var path = Path.Combine(folder, name);
        IReadOnlyList<TensorSpec> tensors = shard < bytes ? [.. Enumerable.Range(0, (int)(bytes / shard)).Select(i => new TensorSpec($"w{i}", TensorType.BF16, [shard / 2]))] : [new("w", TensorType.BF16, [bytes / 2])];
        CheckpointWriter.Write(path, CheckpointFormat.Safetensors, tensors, new RandomWeights(1), new() { ShardBytes = shard });
        return path;
    }
}
