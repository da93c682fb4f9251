using System.CommandLine;
using GpuLab.Control;
using GpuLab.Control.Gpu;
using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using GpuLab.Control.Simulated;
using GpuLab.Model;

namespace GpuLab.Cli.Verbs;

/// <summary>Which GPUs, and what each shall be cut into: a layout, or a configuration of a mig-parted file.</summary>
sealed class PartitionWant(bool layout = true)
{
    readonly Argument<string?> text = new("layout") { Description = "Such as 3g.71gb+2x2g.35gb, 3g.71gb@4(1c+2c), or whole (MIG mode off).", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<DeviceId?> on = Options.On("The GPU: gpu:N, a UUID, or sim:KEY. Default: the first, or with --config and for export and restore all.");
    readonly Option<FileInfo?> config = new("--config") { Description = "A mig-parted file instead of a layout.", HelpName = "FILE" };
    readonly Option<string?> name = new("--name") { Description = "Which of its configurations.", HelpName = "NAME" };
    readonly Option<DirectoryInfo?> state = new("--state-dir") { Description = $"Where journals are kept. Default here: {StateFolder.Default}.", HelpName = "FOLDER" };

    public void AddTo(Command verb)
    {
        verb.Add(on);
        verb.Add(state);
        if (!layout) return;
        verb.Add(text);
        verb.Add(config);
        verb.Add(name);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(text) is null == result.GetValue(config) is null) result.AddError("Name a layout, or a file with --config and --name.");
            if (result.GetValue(config) is null != result.GetValue(name) is null) result.AddError("--config and --name go together.");
        });
    }

    /// <summary>The GPUs asked for.</summary>
    public IReadOnlyList<(DeviceId Id, MigPartitioner Mig)> Gpus(ParseResult parse, MigOptions? options = null, bool first = false)
    {
        if (parse.GetValue(on) is { Kind: not DeviceKind.Auto } id) return [(id, Open(id, parse, options))];
        var all = Cli.Gpus.All.ToArray();
        if (all.Length == 0) throw new UsageException("There is no GPU here to cut; '--on sim:KEY' shows one that is known (gpulab profiles lists them).");
        return [.. (first ? all[..1] : all).Select(gpu => (gpu, Open(gpu, parse, options)))];
    }

    public IReadOnlyList<(MigPartitioner Mig, Layout Layout, bool Empty)> Read(ParseResult parse, MigOptions? options = null)
    {
        if (parse.GetValue(config) is not { } file)
        {
            if (!Layout.TryParse(parse.GetValue(text)!, out var wanted, out var error)) throw new UsageException(error.ToString());
            return [.. Gpus(parse, options, first: true).Select(gpu => (gpu.Mig, wanted, false))];
        }
        var entries = MigPartedFile.Load(file.FullName).Get(parse.GetValue(name)!);
        var list = new List<(MigPartitioner, Layout, bool)>();
        foreach (var (_, mig) in Gpus(parse, options))
        {
            if (mig.Control is not NvmlMigControl control) throw new UsageException("--config is for real GPUs.");
            var index = NvmlDriver.IndexOf(control.Gpu.Uuid);
            // As in mig-parted, a later entry that matches takes the place of an earlier one.
            if (entries.LastOrDefault(e => e.Matches(index, control.PciDevice)) is { } entry) list.Add((mig, entry.ToLayout(), entry.Enabled));
        }
        return list.Count > 0 ? list : throw new UsageException($"'{parse.GetValue(name)}' of {file} names none of the GPUs here.");
    }

    MigPartitioner Open(DeviceId id, ParseResult parse, MigOptions? options)
    {
        IDevice device = id.Kind switch
        {
            DeviceKind.Simulated => SimulatedDevice.Open(id.ToString()),
            DeviceKind.Gpu => Cli.Gpus.Open(id, options, parse.GetValue(state)?.FullName),
            _ => throw new UsageException($"{id} is not cut with MIG."),
        };
        return device is GpuDevice gpu ? gpu.Mig
            : device.Partitioners.OfType<MigPartitioner>().FirstOrDefault() ?? throw new UsageException($"Too little is known about {id} to cut it.");
    }
}
