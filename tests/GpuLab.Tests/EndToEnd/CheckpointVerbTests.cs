using System.Text.Json;
using GpuLab.Tests.Results;

namespace GpuLab.Tests.EndToEnd;

[Collection(Outside.Name)]
public sealed class CheckpointVerbTests : IDisposable
{
    readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task Weights_are_made_converted_and_verified_and_a_changed_byte_is_found()
    {
        await Done("checkpoint", "make", "tiny:1", place.At("a"), "--seed", "5");
        await Done("checkpoint", "make", "tiny:1", place.At("b"), "--seed", "5", "--shard", "1MB");
        await Done("checkpoint", "convert", place.At("b"), place.At("c"));
        await Done("checkpoint", "convert", place.At("c"), place.At("d"));
        var prints = new List<string>();
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            var verified = await Done("checkpoint", "verify", place.At(name), "--json");
            using var json = JsonDocument.Parse(verified.Out);
            prints.Add(json.RootElement.GetProperty("fingerprint").GetString()!);
            Assert.Equal(["the tensors of tiny:1", "the random weights of seed 5"], json.RootElement.GetProperty("compared").EnumerateArray().Select(c => c.GetString()));
        }
        Assert.Single(prints.Distinct());
        Assert.True(File.Exists(place.At("b/model.safetensors.index.json")));
        Assert.True(File.Exists(place.At("c/tensor_index.json")));

        using (var file = File.Open(place.At("c/tensor.data_0"), FileMode.Open))
        {
            file.Position = 12345;
            var was = file.ReadByte();
            file.Position = 12345;
            file.WriteByte((byte)(was ^ 1));
        }
        foreach (var more in (string[][])[[], ["--against", place.At("a")]])
        {
            var changed = await Gpulab.Run(["checkpoint", "verify", place.At("c"), .. more]);
            Assert.True(changed.Code == 3, changed.ToString());
            Assert.Contains("tensor 'model.embed_tokens.weight' differs from byte 12345 on", changed.Out, StringComparison.Ordinal);
        }
        var other = await Gpulab.Run("checkpoint", "verify", place.At("a"), "--shape", "tiny:2");
        Assert.True(other.Code == 3, other.ToString());
        Assert.Contains("tensor 'model.layers.1.input_layernorm.weight' is missing", other.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_work_is_refused_with_the_reason_and_nothing_is_left()
    {
        Directory.CreateDirectory(place.At("there"));
        await Refused("exists already", "checkpoint", "make", "tiny", place.At("there"));
        await Refused("Did you mean 'tiny'", "checkpoint", "make", "tine", place.At("x"));
        await Refused("must be one of bf16, f16, f32", "checkpoint", "make", "tiny", place.At("x"), "--type", "int8");
        await Refused("number of bytes with a unit", "checkpoint", "make", "tiny", place.At("x"), "--shard", "5");
        await Refused("does not exist", "checkpoint", "verify", place.At("nowhere"));
        await Done("checkpoint", "make", "tiny:1", place.At("cut"));
        using (var file = File.OpenWrite(place.At("cut/model.safetensors"))) file.SetLength(100_000);
        await Refused("the file is truncated", "checkpoint", "verify", place.At("cut"));
        await Refused("the file is truncated", "checkpoint", "convert", place.At("cut"), place.At("x"));
        Assert.Equal(["cut", "there"], Directory.EnumerateFileSystemEntries(place.Folder).Select(Path.GetFileName).Order());
    }

    [MountFact]
    public async Task A_disk_without_room_and_a_read_only_one_fail_and_leave_nothing()
    {
        var disk = place.At("disk");
        Assert.Null(Kernel.Mount(disk, 1000));
        try
        {
            var full = await Gpulab.Run("checkpoint", "make", "tiny", Path.Combine(disk, "x"));
            Assert.True(full.Code == 1, full.ToString());
            Assert.Contains("Nothing was written", full.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
            Kernel.MakeReadOnly(disk);
            var refused = await Gpulab.Run("checkpoint", "make", "tiny:1", Path.Combine(disk, "x"));
            Assert.True(refused.Code == 1, refused.ToString());
            Assert.Contains("Read-only file system", refused.Error, StringComparison.Ordinal);
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    /// <summary>Enough bytes that it is still writing when it is interrupted.</summary>
    [Fact]
    public async Task An_interrupted_write_leaves_nothing()
    {
        using var run = Gpulab.Start("checkpoint", "make", "qwen2.5-0.5b", place.At("x"));
        while (run.Running && !Directory.Exists(place.At("x.partial"))) await Task.Delay(2);
        run.Signal(15);
        var ended = await run.End();
        Assert.True(ended.Code == 130, ended.ToString());
        Assert.Empty(Directory.EnumerateFileSystemEntries(place.Folder));
    }

    [Fact]
    public async Task A_start_of_weights_is_measured_phase_by_phase()
    {
        var sweep = place.Write("start.yaml", """
            name: start
            device: host
            layouts: [whole]
            effort: quick
            repeats: 1
            probes: [{probe: load.start, tier: warm, bytes: 4MiB}]
            """);
        var ended = await Gpulab.Run("run", sweep, "--out", place.At("run"));
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.All((string[])["process", "open", "allocate", "pin", "read", "copy", "use"], phase => Assert.Contains($"load.start/{phase}", ended.Out, StringComparison.Ordinal));
        Assert.DoesNotContain("wrong-data", ended.Out, StringComparison.Ordinal);
    }

    static async Task<Ended> Done(params string[] arguments)
    {
        var ended = await Gpulab.Run(arguments);
        Assert.True(ended.Code == 0, ended.ToString());
        return ended;
    }

    static async Task Refused(string reason, params string[] arguments)
    {
        var ended = await Gpulab.Run(arguments);
        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains(reason, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }
}
