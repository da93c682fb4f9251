using System.Globalization;
using System.Text;
using GpuLab.Probes.Checkpoints;

namespace GpuLab.Tests.Checkpoints;

public sealed class ReaderTests : IDisposable
{
    readonly CheckpointFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_safetensors_file_gives_its_tensors_metadata_and_bytes()
    {
        folder.Safetensors("""{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},"a":{"dtype":"F32","shape":[],"data_offsets":[12,16]},"none":{"dtype":"I64","shape":[4,0],"data_offsets":[16,16]}}   """, 16);
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(["b", "a", "none"], checkpoint.Tensors.Select(t => t.Name));
        Assert.Equal("BF16 [2, 3]", checkpoint["b"].Form);
        Assert.Equal(16, checkpoint.Bytes);
        Assert.Equal("pt", checkpoint.Metadata["format"]);
        Assert.Equal([.. Enumerable.Range(12, 4).Select(i => (byte)(i * 7 + 1))], CheckpointFolder.BytesOf(checkpoint, "a"));
        Assert.Contains("Did you mean 'none'", Assert.Throws<CheckpointException>(() => checkpoint["nome"]).Message, StringComparison.Ordinal);
        Assert.Contains("'b' is BF16 [2, 3], and BF16 [3, 2] is expected", Assert.Throws<CheckpointException>(() => checkpoint.Expect(new("b", TensorType.BF16, [3, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("F32 [2, 3] is expected", Assert.Throws<CheckpointException>(() => checkpoint.Expect(new("b", TensorType.F32, [2, 3]))).Message, StringComparison.Ordinal);
    }

    /// <summary>Header, bytes of data behind it, and what the refusal must say.</summary>
    public static TheoryData<string, int, string> Hostile() => new()
    {
        { """{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 12, "tensor 'w' ends at byte 16 of the data, and there are 12: the file is truncated" },
        { """{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 20, "4 bytes at the end belong to no tensor" },
        { """{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"w":{"dtype":"F32","shape":[4],"data_offsets":[16,32]}}""", 32, "tensor 'w' is there twice" },
        { """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[7,15]}}""", 15, "tensors 'a' and 'b' overlap" },
        { """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", 8, "tensors 'a' and 'b' overlap" },
        { """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[9,17]}}""", 17, "1 bytes before tensor 'b' belong to no tensor" },
        { """{"w":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}}""", 16, "tensor 'w' is F32 [5], which are 20 bytes, and its data_offsets hold 16" },
        { """{"w":{"dtype":"BF16","shape":[4],"data_offsets":[0,16]}}""", 16, "tensor 'w' is BF16 [4], which are 8 bytes, and its data_offsets hold 16" },
        { """{"w":{"dtype":"F31","shape":[4],"data_offsets":[0,16]}}""", 16, "tensor 'w' has the dtype 'F31', which is not known" },
        { """{"w":{"dtype":4,"shape":[4],"data_offsets":[0,16]}}""", 16, "tensor 'w': its dtype is not a string" },
        { """{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "tensor 'w': more elements than a file can hold" },
        { """{"w":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}""", 0, "tensor 'w': more elements than a file can hold" },
        { """{"w":{"dtype":"F32","shape":[4611686018427387904,4,0,9223372036854775807],"data_offsets":[0,1]}}""", 1, "which are 0 bytes" },
        { """{"w":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,0]}}""", 0, "tensor 'w': its shape is not a list of whole numbers" },
        { """{"w":{"dtype":"U8","shape":[-1,-16],"data_offsets":[0,16]}}""", 16, "tensor 'w': its shape is not a list of whole numbers" },
        { """{"w":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""", 1, "tensor 'w': its shape is not a list of whole numbers" },
        { """{"w":{"dtype":"U8","shape":16,"data_offsets":[0,16]}}""", 16, "tensor 'w': its shape is not a list of whole numbers" },
        { """{"w":{"dtype":"U8","shape":[16],"data_offsets":[16,0]}}""", 16, "tensor 'w': its data_offsets are not a beginning and an end" },
        { """{"w":{"dtype":"U8","shape":[16],"data_offsets":[0,8,16]}}""", 16, "tensor 'w': its data_offsets are not a beginning and an end" },
        { """{"w":{"dtype":"U8","shape":[16],"data_offsets":[9223372036854775800,9223372036854775807]}}""", 16, "tensor 'w' ends at byte 9223372036854775807 of the data" },
        { """{"w":{"dtype":"U8","shape":[16],"data_offsets":[0,1e1]}}""", 16, "tensor 'w': its data_offsets are not two whole numbers" },
        { """{"w":{"dtype":"U8","data_offsets":[0,16]}}""", 16, "tensor 'w' has no shape" },
        { """{"w":{"dtype":"U8","shape":[16],"shape":[4,4],"data_offsets":[0,16]}}""", 16, "tensor 'w' has shape twice" },
        { """{"w":[1,2]}""", 0, "tensor 'w' is not a JSON object" },
        { """{"__metadata__":{"a":1}}""", 0, "'a' is not a string" },
        { """{"w":{"dtype":"U8","shape":[16],"data_offsets":[0,16]}""", 16, "its header is not valid JSON" },
        { """{"w":{"dtype":"U8","shape":[16],"data_offsets":[0,16]}} {}""", 16, "its header is not valid JSON" },
        { """[1]""", 0, "its header is not a JSON object" },
        { "", 0, "its header is not" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_wrong_header_is_refused_with_the_tensor_and_the_reason(string header, int data, string reason)
    {
        var path = folder.Safetensors(header, data);
        var wrong = Assert.Throws<CheckpointException>(() => Checkpoint.Open(path));
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(path, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue, "is said to have 18446744073709551615 bytes")]
    [InlineData(1UL << 63, "is said to have")]
    [InlineData(1_000UL, "the file ends 2 bytes after that")]
    [InlineData(3UL, "the file ends 2 bytes after that")]
    public void A_header_longer_than_the_file_is_refused(ulong length, string reason) =>
        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Safetensors("{}", 0, length))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        var path = folder.Safetensors("""{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 16);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<CheckpointException>(() => Checkpoint.Open(path));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        var path = folder.Safetensors("""{"w?":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1);
        var bytes = File.ReadAllBytes(path);
        bytes[8 + 3] = 0xFF;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("not valid JSON", Assert.Throws<CheckpointException>(() => Checkpoint.Open(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>Bytes flipped at random in a header: refused, or read as what it then says; never another exception.</summary>
    [Fact]
    public void A_damaged_header_never_does_anything_else_than_refuse()
    {
        var path = folder.Safetensors("""{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},"a":{"dtype":"F32","shape":[],"data_offsets":[12,16]}}""", 16);
        var whole = File.ReadAllBytes(path);
        var random = new Random(5);
        var refused = 0;
        for (var round = 0; round < 3000; round++)
        {
            var bytes = whole.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length - 16)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bytes);
            try
            {
                using var checkpoint = Checkpoint.Open(path);
                Assert.Equal(16, checkpoint.Bytes);
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1000, 3000);
    }

    [Fact]
    public void A_header_of_a_hundred_thousand_tensors_is_read()
    {
        var header = new StringBuilder("{");
        for (var i = 0; i < 100_000; i++) header.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}\"model.layers.{i}.weight\":{{\"dtype\":\"U8\",\"shape\":[1,2],\"data_offsets\":[{2 * i},{2 * i + 2}]}}");
        var path = folder.Safetensors(header.Append('}').ToString(), 200_000);
        using var checkpoint = Checkpoint.Open(path);
        Assert.Equal(100_000, checkpoint.Tensors.Count);
        Assert.Equal(8 + header.Length + 2 * 77_777, checkpoint["model.layers.77777.weight"].Offset);
    }

    [Fact]
    public void A_file_that_becomes_shorter_while_it_is_read_is_an_error_that_says_so()
    {
        var path = folder.Safetensors("""{"w":{"dtype":"U8","shape":[100000],"data_offsets":[0,100000]}}""", 100_000);
        using var checkpoint = Checkpoint.Open(path);
        using (var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(5000);
        var wrong = Assert.Throws<CheckpointException>(() => CheckpointFolder.BytesOf(checkpoint, "w"));
        Assert.Contains($"'{path}' became shorter while it was read", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""", null)]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"1.safetensors"}}""", "tensor 'b' should lie in '1.safetensors', and does not")]
    [InlineData("""{"weight_map":{"a":"2.safetensors","b":"1.safetensors"}}""", "tensor 'a' should lie in '2.safetensors', and lies in '1.safetensors'")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"2.safetensors","c":"2.safetensors"}}""", "tensor 'c' should lie in '2.safetensors', and does not")]
    [InlineData("""{"weight_map":{"a":"1.safetensors"}}""", null)]
    [InlineData("""{"weight_map":{"b":"2.safetensors"}}""", null)]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"3.safetensors"}}""", "3.safetensors' cannot be read")]
    [InlineData("""{"weight_map":{"a":"../1.safetensors"}}""", "the file of tensor 'a' is not the name of a file beside the index")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}""", "tensor 'a' is there twice")]
    [InlineData("""{"weight_map":7}""", "has no weight_map")]
    [InlineData("""{"weight""", "cannot be read")]
    public void An_index_and_its_shards_must_agree(string index, string? reason)
    {
        folder.Safetensors("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 3, name: "1.safetensors");
        folder.Safetensors("""{"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2, name: "2.safetensors");
        File.WriteAllText(folder.At("model.safetensors.index.json"), index);
        if (reason is not null)
        {
            Assert.Contains(reason, Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Message, StringComparison.Ordinal);
            return;
        }
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.All(checkpoint.Tensors, t => Assert.Equal(t.Bytes, CheckpointFolder.BytesOf(checkpoint, t.Name).Length));
    }

    [Fact]
    public void A_tensor_in_two_shards_is_refused()
    {
        folder.Safetensors("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 3, name: "1.safetensors");
        folder.Safetensors("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}""", 5, name: "2.safetensors");
        File.WriteAllText(folder.At("model.safetensors.index.json"), """{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""");
        Assert.Contains("tensor 'a' is there twice, here and in another file", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_checkpoint_is_named()
    {
        Assert.Contains("holds no checkpoint", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.At("nowhere"))).Message, StringComparison.Ordinal);
        folder.Safetensors("{}", 0, name: "1.safetensors");
        folder.Safetensors("{}", 0, name: "2.safetensors");
        Assert.Contains("several checkpoints (1.safetensors, 2.safetensors)", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_sllm_checkpoint_gives_its_tensors_also_those_that_share_storage()
    {
        folder.Sllm("""{"a":[0,12,[2,3],[3,1],"torch.bfloat16"],"tied":[0,12,[2,3],[3,1],"torch.bfloat16"],"b":[16,4,[],[],"torch.float32"],"c":[24,8,[1,8],[99,1],"torch.uint8",0]}""", 4096);
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal("BF16 [2, 3]", checkpoint["a"].Form);
        Assert.Equal(CheckpointFolder.BytesOf(checkpoint, "a"), CheckpointFolder.BytesOf(checkpoint, "tied"));
        Assert.Equal((byte)(24 * 7 + 1), CheckpointFolder.BytesOf(checkpoint, "c")[0]);
    }

    /// <summary>Offsets that count the padding at the end of a file, and offsets that do not.</summary>
    [Theory]
    [InlineData(4096)]
    [InlineData(3000)]
    public void Offsets_run_on_across_data_files_padded_or_not(int second)
    {
        folder.Sllm($$"""{"a":[0,3000,[3000],[1],"torch.uint8"],"b":[{{second}},2000,[2000],[1],"torch.uint8"],"c":[{{second + 2000}},8,[8],[1],"torch.uint8"]}""", 4096, 4096);
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal((1, 0), (checkpoint["b"].File, (int)checkpoint["b"].Offset));
        Assert.Equal((1, 2000), (checkpoint["c"].File, (int)checkpoint["c"].Offset));
        Assert.Equal(2, CheckpointFolder.BytesOf(checkpoint, "b")[0]);
    }

    [Theory]
    [InlineData("""{"w":[0,16,[4],[1],"torch.float32"],"w":[16,16,[4],[1],"torch.float32"]}""", "tensor 'w' is there twice")]
    [InlineData("""{"w":[0,16,[5],[1],"torch.float32"]}""", "tensor 'w' is F32 [5], which are 20 bytes, and its size is 16")]
    [InlineData("""{"w":[0,32,[2,4],[1,2],"torch.float32"]}""", "only row-major tensors are read")]
    [InlineData("""{"w":[0,16,[4],[1],"torch.complex64"]}""", "tensor 'w' has the dtype 'torch.complex64', which is not known")]
    [InlineData("""{"w":[4090,16,[4],[1],"torch.float32"]}""", "tensor 'w' has 16 bytes from 4090 on")]
    [InlineData("""{"w":[9223372036854775807,16,[4],[1],"torch.float32"]}""", "tensor 'w' lies beyond what a file can hold")]
    [InlineData("""{"w":[-8,16,[4],[1],"torch.float32"]}""", "its offset is not a whole number")]
    [InlineData("""{"w":[0,1e99,[4],[1],"torch.float32"]}""", "its size is not a whole number")]
    [InlineData("""{"w":[0,16,[4611686018427387904,4],[4,1],"torch.float32"]}""", "tensor 'w': more elements than a file can hold")]
    [InlineData("""{"a":[0,16,[4],[1],"torch.float32"],"b":[8,16,[4],[1],"torch.float32"]}""", "tensors 'a' and 'b' overlap")]
    [InlineData("""{"a":[0,16,[4],[1],"torch.float32"],"b":[0,32,[8],[1],"torch.float32"]}""", "tensors 'a' and 'b' overlap")]
    [InlineData("""{"w":{"offset":0}}""", "is not [offset, size, shape, stride, dtype]")]
    [InlineData("""{"w":[0,16,[4]]}""", "is not [offset, size, shape, stride, dtype]")]
    [InlineData("""{"w":[0,16,[4],[1],"torch.float32"]""", "cannot be read")]
    public void A_wrong_sllm_index_is_refused_with_the_tensor_and_the_reason(string index, string reason)
    {
        folder.Sllm(index, 4096);
        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_sllm_index_without_data_is_refused() =>
        Assert.Contains("no tensor.data_0", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Sllm("{}"))).Message, StringComparison.Ordinal);
}
