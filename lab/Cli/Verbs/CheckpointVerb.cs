using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab checkpoint make|convert|verify|shapes</c>: the weights that loaders and models read.</summary>
static class CheckpointVerb
{
    /// <summary>SIGXFSZ of Linux, for which .NET has no name.</summary>
    const PosixSignal FileSizeExceeded = (PosixSignal)25;

    public static Command Create() => new("checkpoint", """
        Makes, converts and checks model weights on disk, as safetensors or as sllm-store.

        Examples:
          gpulab checkpoint shapes
          gpulab checkpoint make qwen2.5-0.5b /data/qwen --seed 7
          gpulab checkpoint convert /data/qwen /data/qwen-sllm
          gpulab checkpoint verify /data/qwen-sllm --against /data/qwen

        A folder appears under its name only when it is complete. Nothing is overwritten.
        Exit codes: 0 done, 1 failed, 2 wrong usage or a wrong checkpoint, 3 verify: it differs.
        """)
    {
        Make(), Convert(), Verify(), Shapes(),
    };

    static Command Make()
    {
        var shape = new Argument<ModelShape>("shape")
        {
            Description = "What 'checkpoint shapes' lists; NAME:N for its first N layers.", HelpName = "SHAPE", CustomParser = result =>
            {
                if (ModelShapes.TryParse(result.Tokens[0].Value, out var known, out var error)) return known;
                result.AddError(error);
                return null;
            },
        };
        shape.CompletionSources.Add(_ => ModelShapes.All.Select(s => new System.CommandLine.Completions.CompletionItem(s.Name)));
        var folder = Folder("folder", "Made; must not exist.");
        var (format, shard) = (Format(CheckpointFormat.Safetensors), Shard());
        var type = new Option<TensorType>("--type") { Description = "Of every tensor: bf16, f16 or f32. Default: bf16.", HelpName = "TYPE", DefaultValueFactory = _ => TensorType.BF16, CustomParser = Type };
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same bytes. Default: 1.", DefaultValueFactory = _ => 1 };
        var verb = new Command("make", "Writes random weights of a published model's shape, under the names that the model uses.") { shape, folder, format, type, seed, shard };
        verb.SetAction((parse, cancel) =>
        {
            var (wanted, element, number) = (parse.GetValue(shape)!, parse.GetValue(type), parse.GetValue(seed));
            var options = new WriteOptions { ShardBytes = parse.GetValue(shard), Beside = new Dictionary<string, byte[]> { [ModelConfig.FileName] = ModelConfig.Write(wanted, element, number) } };
            Write(parse.GetValue(folder)!, parse.GetValue(format), wanted.Tensors(element), new RandomWeights(number), options, cancel);
            return Task.FromResult(CommandLine.Done);
        });
        return verb;
    }

    static Command Convert()
    {
        var (from, to) = (Folder("from", "A checkpoint of either format."), Folder("to", "Made; must not exist."));
        var format = new Option<CheckpointFormat?>("--format") { Description = "safetensors or sllm. Default: the other one.", HelpName = "FORMAT" };
        var shard = Shard();
        var verb = new Command("convert", "Writes a checkpoint's tensors in the other format, or in the same with other shards.") { from, to, format, shard };
        verb.SetAction((parse, cancel) =>
        {
            var path = parse.GetValue(from)!;
            using var source = Checkpoint.Open(path);
            var config = Path.Combine(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!, ModelConfig.FileName);
            var options = new WriteOptions
            {
                ShardBytes = parse.GetValue(shard),
                Metadata = source.Metadata.Count > 0 ? source.Metadata : new WriteOptions().Metadata,
                Beside = File.Exists(config) ? new Dictionary<string, byte[]> { [ModelConfig.FileName] = File.ReadAllBytes(config) } : new Dictionary<string, byte[]>(),
            };
            var other = source.Format == CheckpointFormat.Sllm ? CheckpointFormat.Safetensors : CheckpointFormat.Sllm;
            Write(parse.GetValue(to)!, parse.GetValue(format) ?? other, source.Tensors, new CheckpointSource(source), options, cancel);
            return Task.FromResult(CommandLine.Done);
        });
        return verb;
    }

    static Command Verify()
    {
        var path = Folder("checkpoint", "A folder, a .safetensors file or an index file.");
        var against = new Option<string?>("--against") { Description = "Another checkpoint, which must hold the same tensors bit by bit.", HelpName = "CHECKPOINT" };
        var shape = new Option<string?>("--shape") { Description = "Its tensors must be those of this shape. Default: the shape it was made from, where this program made it.", HelpName = "SHAPE" };
        var json = Options.Json();
        var verb = new Command("verify", """
            Checks headers, reads every byte, and prints a fingerprint that does not depend on the format. Random weights that this program made are
            made again from their seed and compared.
            """) { path, against, shape, json };
        verb.SetAction((parse, cancel) =>
        {
            ModelShape? wanted = null;
            if (parse.GetValue(shape) is { } name && !ModelShapes.TryParse(name, out wanted, out var error)) throw new UsageException(error);
            using var found = Checkpoint.Open(parse.GetValue(path)!);
            using var other = parse.GetValue(against) is { } second ? Checkpoint.Open(second) : null;
            var verified = CheckpointView.Verify(found, wanted, other, cancel);
            verified.Print(found, parse.GetValue(json));
            return Task.FromResult(verified.Differences.Count == 0 ? CommandLine.Done : CommandLine.Worse);
        });
        return verb;
    }

    static Command Shapes()
    {
        var json = Options.Json();
        var verb = new Command("shapes", "Lists the shapes that 'make' knows.") { json };
        verb.SetAction(int (parse) =>
        {
            CheckpointView.PrintShapes(parse.GetValue(json));
            return CommandLine.Done;
        });
        return verb;
    }

    static void Write(string folder, CheckpointFormat format, IReadOnlyList<TensorSpec> tensors, ITensorSource source, WriteOptions options, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // A limit on the size of files must end in a sentence, and the end of the terminal must leave nothing behind.
        using var tooBig = PosixSignalRegistration.Create(FileSizeExceeded, s => s.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using (var progress = new ByteProgress("written")) CheckpointWriter.Write(folder, format, tensors, source, options, progress.Tell, stop.Token);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder}: {tensors.Count} tensors, {Pretty.Bytes(tensors.Sum(t => t.Bytes))}"));

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    static Argument<string> Folder(string name, string description) => new(name) { Description = description };

    static Option<CheckpointFormat> Format(CheckpointFormat otherwise) => new("--format") { Description = $"safetensors or sllm. Default: {otherwise.ToString().ToLowerInvariant()}.", HelpName = "FORMAT", DefaultValueFactory = _ => otherwise };

    static Option<long> Shard() => new("--shard")
    {
        Description = "Most bytes of tensors in one safetensors file, such as 2GB. Default: 5GB.", HelpName = "BYTES", DefaultValueFactory = _ => new WriteOptions().ShardBytes, CustomParser = result =>
        {
            if (Units.TryParse(result.Tokens[0].Value, Units.Bytes, bare: false, out var bytes) && bytes is >= 1 and < long.MaxValue) return (long)bytes;
            result.AddError($"--shard '{result.Tokens[0].Value}' must be a number of bytes with a unit, such as 2GB.");
            return 0;
        },
    };

    static TensorType Type(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (TensorTypes.Parse(result.Tokens[0].Value) is { } type && RandomWeights.Types.Contains(type)) return type;
        result.AddError($"--type '{result.Tokens[0].Value}' must be one of {string.Join(", ", RandomWeights.Types.Select(t => t.Text().ToLowerInvariant()))}.");
        return default;
    }
}
