using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Loading;
using GpuLab.Running;
using GpuLab.Tests.Mig;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Cuda;

/// <summary>Loading weights to a GPU, whose memory and copy engines are this machine's. No figure here is a GPU's.</summary>
[Collection(nameof(NvmlDouble))]
public sealed unsafe class GpuLoadTests : IDisposable
{
    readonly CudaDouble machine = new CudaDouble("h20-96gb").Behave("memory 256").Here();
    readonly Bench bench = new();

    public void Dispose()
    {
        bench.Dispose();
        machine.Dispose();
    }

    public static TheoryData<bool, string, double> Cells()
    {
        var cells = new TheoryData<bool, string, double>();
        foreach (var pipelined in (bool[])[false, true])
        {
            foreach (var tier in (string[])["cold", "warm", "pinned"])
            {
                cells.Add(pipelined, tier, 64 << 10);
                cells.Add(pipelined, tier, 9_999_998);
            }
        }
        return cells;
    }

    /// <summary>Slices of a GPU have no processors of their own.</summary>
    LoadProbe Prepare(bool pipelined, params (string, ParameterValue)[] parameters) => LoadProbe.Prepare(bench.Request(0, parameters), pipelined, CudaSession.Open());

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_load_samples_without_allocating_and_every_byte_is_right(bool pipelined, string tier, double bytes)
    {
        using var probe = Prepare(pipelined, ("bytes", ParameterValue.Bytes(bytes)), ("tier", ParameterValue.Of(tier)), ("chunk", ParameterValue.Bytes(256 << 10)), ("pool", ParameterValue.Bytes(1 << 20)));
        bench.Take(probe, 1);
        var sink = new SampleSink(bench.Ring);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++) probe.Sample(ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var samples = new List<Sample>();
        bench.Ring.Drain(samples);
        Assert.Equal(15, samples.Count);
        Assert.All(samples, s => Assert.True(s.Flags == SampleFlags.None && s.End > s.Start && s.Value >= 0, s.ToString()));
        Assert.All(samples.Chunk(3), load => Assert.Equal((load[0].End - load[0].Start) / 1e9, load[1].Value + load[2].Value, 1e-9));
        Assert.Null(probe.Verify());
        Assert.StartsWith("measured:", probe.Ceiling!.Source, StringComparison.Ordinal);
        Assert.StartsWith("memory of GpuLab double of", probe.Facts["to"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_wrong_byte_anywhere_is_found_and_named(bool pipelined)
    {
        using var probe = Prepare(pipelined, ("bytes", ParameterValue.Bytes(1 << 20)), ("tier", ParameterValue.Of("warm")));
        bench.Take(probe, 1);
        Assert.Null(probe.Verify());
        // The double's device memory is this process's.
        ((byte*)((GpuPlace)probe.Place).Memory.Start.Address)[600_001] ^= 4;
        Assert.Contains("256KiB from byte 524288 on were loaded wrong", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_begin_before_the_last_read_has_ended()
    {
        machine.Record().Here();
        using var probe = Prepare(true, ("bytes", ParameterValue.Bytes(4 << 20)), ("tier", ParameterValue.Of("warm")), ("chunk", ParameterValue.Bytes(64 << 10)), ("pool", ParameterValue.Bytes(128 << 10)));
        bench.Take(probe, 1);
        // A pool of two blocks: without copies that give them back, no third could be read.
        Assert.Null(probe.Verify());
        Assert.Equal("128KiB, 2 blocks", probe.Facts["pool"]);
        Assert.True(machine.Log.Count(l => l.Call == "cuMemcpyHtoDAsync_v2") > 2 * 64);
    }

    [Fact]
    public void A_checkpoint_larger_than_the_slice_is_refused_before_anything_is_read()
    {
        machine.Behave("memory 8").Here();
        var skip = Assert.Throws<ProbeSkippedException>(() => Prepare(true, ("bytes", ParameterValue.Bytes(16 << 20)), ("tier", ParameterValue.Of("warm"))));
        Assert.Contains($"of the {Pretty.Bytes(8 << 20)} of memory that the slice has", skip.Message, StringComparison.Ordinal);
        var slice = new Slice(0, "1g.5gb@0", "1g.5gb", 0, 1, [], new Dictionary<string, string>()) { Memory = 5L << 30 };
        var foresight = (IForesight)Catalogue.For(DeviceKind.Gpu, "load.pipelined")!;
        Assert.Contains("and 1g.5gb@0 has 5.000 GiB of memory", foresight.Obstacle(slice, new(KeyValuePair.Create("bytes", ParameterValue.Bytes(6L << 30)))), StringComparison.Ordinal);
        Assert.Null(foresight.Obstacle(slice, new(KeyValuePair.Create("bytes", ParameterValue.Bytes(1 << 30)))));
    }

    /// <summary>Memory, event and pinned block, each when the load is already half made.</summary>
    [Theory]
    [InlineData("cuMemAlloc_v2 1 2", "memory")]
    [InlineData("cuMemAlloc_v2 2 2", "memory")]
    [InlineData("cuMemHostRegister_v2 1 2", "cannot be pinned")]
    public void Out_of_memory_in_the_middle_says_what_there_was_no_room_for_and_leaves_nothing(string fault, string said)
    {
        machine.Fail(fault).Here();
        var session = CudaSession.Open();
        var before = CudaDouble.Used();
        var request = bench.Request(0, ("bytes", ParameterValue.Bytes(1 << 20)), ("tier", ParameterValue.Of("warm")));
        var skip = Assert.Throws<ProbeSkippedException>(() => LoadProbe.Prepare(request, pipelined: true, session));
        Assert.Contains(said, skip.Message, StringComparison.Ordinal);
        // A fault strikes once.
        Assert.Equal(before, CudaDouble.Used());
        using var again = LoadProbe.Prepare(request, pipelined: true, session);
        bench.Take(again, 1);
        Assert.Null(again.Verify());
    }

    [Theory]
    [InlineData(true, "cold")]
    [InlineData(true, "warm")]
    [InlineData(false, "warm")]
    public void A_file_that_becomes_shorter_between_two_loads_is_an_error_and_no_crash(bool pipelined, string tier)
    {
        var folder = Path.Combine(bench.Request(0).Scratch, "model");
        CheckpointWriter.Write(folder, CheckpointFormat.Safetensors, [new("w", TensorType.BF16, [2 << 20])], new RandomWeights(1), new());
        using var probe = Prepare(pipelined, ("checkpoint", new(ParameterType.Text, double.NaN, folder)), ("tier", ParameterValue.Of(tier)), ("chunk", ParameterValue.Bytes(64 << 10)));
        bench.Take(probe, 1);
        using (var file = File.Open(Path.Combine(folder, "model.safetensors"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(1_000_001);
        var wrong = Assert.Throws<CheckpointException>(() => bench.Take(probe, 1));
        Assert.Contains("model.safetensors' became shorter while it was read", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_lost_during_a_load_is_the_drivers_error()
    {
        machine.Record().Here();
        (string, ParameterValue)[] cell = [("bytes", ParameterValue.Bytes(4 << 20)), ("tier", ParameterValue.Of("pinned")), ("chunk", ParameterValue.Bytes(64 << 10))];
        Prepare(true, cell).Dispose();
        var copies = machine.Log.Count(l => l.Call == "cuMemcpyHtoDAsync_v2");
        machine.Fail(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cuMemcpyHtoDAsync_v2 {copies + 9} 719")).Here();
        using var probe = Prepare(true, cell);
        var lost = Assert.Throws<CudaException>(() => bench.Take(probe, 1));
        Assert.Equal(CUresult.LaunchFailed, lost.Status);
    }

    [Fact]
    public void A_run_loads_on_slices_at_once_and_starts_show_their_phases()
    {
        using var two = new CudaDouble("h200-141gb");
        var run = GpuRun.Of(two, "[2x3g.71gb]", """
            [{probe: load.pipelined, tier: warm, bytes: 4MiB}, {probe: load.plain, tier: pinned, bytes: 4MiB}, {probe: load.start, tier: warm, bytes: 2MiB}, {probe: load.pipelined, tier: warm, bytes: 100GB}]
            """, "modes: [concurrent]");
        Assert.True(run.Exit == 0, run.ToString());
        Assert.Equal(3, run.Trials.Count(t => t.Status == "ok"));
        Assert.Contains("the weights are", run.Errors + run.Output, StringComparison.Ordinal);
        string[] phases = ["total", "process", "open", "context", "module", "allocate", "pin", "read", "copy", "use"];
        var starts = run.Data.Samples.GroupBy(s => s.Trial).Single(t => t.Any(s => s.Metric == "use")).ToList();
        Assert.Equal(phases.Order(), starts.Select(s => s.Metric).Distinct().Order());
        Assert.All(starts.GroupBy(s => (s.Slice, s.StartNs)), g => Assert.Equal(g.Single(s => s.Metric == "total").Value, g.Where(s => s.Metric != "total").Sum(s => s.Value), 1e-6));
    }
}
