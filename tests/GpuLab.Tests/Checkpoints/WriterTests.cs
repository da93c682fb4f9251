using GpuLab.Probes.Checkpoints;
using GpuLab.Tests.EndToEnd;
using GpuLab.Tests.Results;

namespace GpuLab.Tests.Checkpoints;

public sealed class WriterTests : IDisposable
{
    readonly CheckpointFolder folder = new();

    static readonly TensorSpec[] Mixed =
    [
        new("flag", TensorType.U8, [3]), new("big", TensorType.F32, [1500, 1000]), new("brain", TensorType.BF16, [7, 5]), new("number", TensorType.F64, []), new("none", TensorType.I32, [0, 4]),
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(CheckpointFormat.Safetensors, 1L << 40, 1)]
    [InlineData(CheckpointFormat.Safetensors, 10L, 4)]
    [InlineData(CheckpointFormat.Sllm, 1L << 40, 1)]
    [InlineData(CheckpointFormat.Sllm, 8192L, 3)]
    public void What_is_written_is_read_back(CheckpointFormat format, long part, int files)
    {
        CheckpointWriter.Write(folder.At("out"), format, Mixed, new NumberedBytes(), new() { ShardBytes = part, Partition = part });
        using var checkpoint = Checkpoint.Open(folder.At("out"));
        Assert.Equal(format, checkpoint.Format);
        Assert.Equal(files, checkpoint.Files.Count);
        Assert.Equal(Mixed.Select(t => t.Name).Order(), checkpoint.Tensors.Select(t => t.Name).Order());
        foreach (var spec in Mixed)
        {
            var bytes = CheckpointFolder.BytesOf(checkpoint, checkpoint.Expect(spec).Name);
            for (var i = 0; i < bytes.Length; i++) Assert.Equal(NumberedBytes.At(spec.Name, i), bytes[i]);
        }
        Assert.All(checkpoint.Tensors.Where(t => t.Bytes > 0), t => Assert.Equal(0, t.Offset % t.Type.Size()));
        Assert.Equal(["out"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Both_formats_and_any_cut_have_one_fingerprint_and_a_changed_bit_another()
    {
        WriteAs("a", CheckpointFormat.Safetensors, 1L << 40);
        WriteAs("b", CheckpointFormat.Safetensors, 10);
        WriteAs("c", CheckpointFormat.Sllm, 8192);
        var prints = new[] { "a", "b", "c" }.Select(Print).ToList();
        Assert.Single(prints.Distinct());
        var file = folder.At("c/tensor.data_1");
        var bytes = File.ReadAllBytes(file);
        bytes[1_000_003] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.NotEqual(prints[0], Print("c"));
        using var changed = Checkpoint.Open(folder.At("c"));
        using var right = Checkpoint.Open(folder.At("a"));
        Assert.Equal("tensor 'big' differs from byte 1000003 on", Assert.Single(CheckpointCheck.Differences(changed, new CheckpointSource(right)))[..41]);

        void WriteAs(string name, CheckpointFormat format, long part) => CheckpointWriter.Write(folder.At(name), format, Mixed, new NumberedBytes(), new() { ShardBytes = part, Partition = part });

        string Print(string name)
        {
            using var checkpoint = Checkpoint.Open(folder.At(name));
            return CheckpointCheck.Fingerprint(checkpoint);
        }
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        Directory.CreateDirectory(folder.At("out"));
        var wrong = Assert.Throws<CheckpointException>(() => CheckpointWriter.Write(folder.At("out"), CheckpointFormat.Sllm, Mixed, new NumberedBytes(), new()));
        Assert.Contains("exists already", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_fails_leaves_nothing()
    {
        var wrong = Assert.Throws<CheckpointException>(() => CheckpointWriter.Write(folder.At("out"), CheckpointFormat.Safetensors, Mixed, new RandomWeights(1), new()));
        Assert.Contains("random weights of type", wrong.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_cancelled_write_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => CheckpointWriter.Write(folder.At("out"), CheckpointFormat.Safetensors,
            [new("w", TensorType.F32, [1 << 24])], new RandomWeights(1), new(), (_, _) => stop.Cancel(), stop.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void What_a_killed_write_left_goes_with_the_next_one()
    {
        Directory.CreateDirectory(folder.At("out.partial"));
        File.WriteAllText(folder.At("out.partial/tensor.data_9"), "half");
        CheckpointWriter.Write(folder.At("out"), CheckpointFormat.Sllm, Mixed, new NumberedBytes(), new());
        Assert.False(File.Exists(folder.At("out/tensor.data_9")));
        Assert.False(Directory.Exists(folder.At("out.partial")));
    }

    [Fact]
    public void Two_writers_of_one_folder_do_not_mix()
    {
        Directory.CreateDirectory(folder.At("out.partial"));
        using var other = new FileStream(folder.At("out.partial/.lock"), FileMode.Create, FileAccess.Write, FileShare.None);
        var wrong = Assert.Throws<IOException>(() => CheckpointWriter.Write(folder.At("out"), CheckpointFormat.Sllm, Mixed, new NumberedBytes(), new()));
        Assert.Contains("another process writes there", wrong.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.At("out.partial/.lock")));
    }

    [MountFact]
    public void A_disk_without_room_says_so_before_anything_is_written()
    {
        var disk = folder.At("disk");
        Directory.CreateDirectory(disk);
        Assert.Null(Kernel.Mount(disk, 100));
        try
        {
            var wrong = Assert.Throws<IOException>(() => CheckpointWriter.Write(Path.Combine(disk, "out"), CheckpointFormat.Sllm, [new("w", TensorType.F32, [1L << 40])], new RandomWeights(1), new()));
            Assert.Contains("needs 4.000 TiB, and the disk has", wrong.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    [MountFact]
    public void A_read_only_disk_says_so()
    {
        var disk = folder.At("disk");
        Directory.CreateDirectory(disk);
        Assert.Null(Kernel.Mount(disk, 1000));
        try
        {
            Kernel.MakeReadOnly(disk);
            var wrong = Assert.Throws<IOException>(() => CheckpointWriter.Write(Path.Combine(disk, "out"), CheckpointFormat.Sllm, Mixed, new NumberedBytes(), new()));
            Assert.Contains("cannot be written: Read-only file system", wrong.Message, StringComparison.Ordinal);
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    [Fact]
    public void What_a_format_cannot_hold_is_refused_with_the_tensor()
    {
        var wrong = Assert.Throws<CheckpointException>(() => CheckpointWriter.Write(folder.At("out"), CheckpointFormat.Sllm, [new("w", TensorType.F8E4M3, [4])], new NumberedBytes(), new()));
        Assert.Contains("tensor 'w' is F8_E4M3 [4], and sllm-store has no such type", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => CheckpointWriter.Write(folder.At("out"), CheckpointFormat.Sllm, [new("w", TensorType.U8, [4]), new("w", TensorType.U8, [4])], new NumberedBytes(), new()));
    }
}
