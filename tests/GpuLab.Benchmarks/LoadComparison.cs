using GpuLab.Control.Host;
using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Probes.Loading;
using GpuLab.Running;

namespace GpuLab.Benchmarks;

/// <summary>
/// The loaders of the host against what bounds them, in turn: loads from memory and from the page cache against a copy within memory of the same
/// bytes by the same threads, loads from disk against reads that copy nothing, and the pipelined loader against the plain one.
/// </summary>
static unsafe class LoadComparison
{
    const long Bytes = 256 << 20;

    public static void Run(int pairs)
    {
        var folder = Directory.CreateTempSubdirectory("gpulab-loading").FullName;
        try
        {
            Run(pairs, new("whole", Affinity.Current(), new(KeyValuePair.Create("bytes", ParameterValue.Bytes(Bytes))), 1) { Scratch = folder });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Run(int pairs, ProbeRequest request)
    {
        using var files = LoadFiles.Of(request);
        var team = Team.For(request.Cpus);
        using var pin = new PinnedThread(request.Cpus[0]);
        using var target = new HostPlace(files.Room, team);
        using var other = HostMemory.Rent(files.Room, request.Cpus, "");
        var copies = new StreamWork(StreamKernel.Copy, team.Count, files.Room / LoadFiles.Page) { A = (double*)other.Start, C = (double*)target.Memory };
        // Of zeros, machines copy more.
        team.Run(new StreamData(copies, request.Seed));
        copies.Variant = StreamVariants.For(StreamKernel.Copy).MinBy(v => Enumerable.Range(0, 3).Min(_ => CopyTime(v)));
        Func<double> copy = () => files.Room / CopyTime(copies.Variant);
        Console.WriteLine($"{"",-22}{"loader",14}{"peer",14}  ratio   95 % of {pairs} pairs   {Units.BytesText(Bytes)} on {files.FileSystem}, {team.Count} threads, copies with {copies.Variant.Text(StreamKernel.Copy)}");

        using (var loader = Pipelined(LoadTier.Pinned)) Show("pinned, memory copy", () => Load(loader, () => { }), copy);
        files.Drop();
        using (var loader = Pipelined(LoadTier.Warm)) Show("warm, memory copy", () => Load(loader, () => files.Warm()), copy);
        using var cold = Pipelined(LoadTier.Cold);
        using var plain = new PlainLoader(files, LoadTier.Cold, target, request.Cpus);
        using var sequential = new PipelinedLoader(files, LoadTier.Cold, target, request.Cpus, new(KeyValuePair.Create("threads", ParameterValue.Count(1)), KeyValuePair.Create("chunk", ParameterValue.Bytes(8 << 20))));
        Show("cold, own reads", () => Load(cold, files.Drop), () => Read(cold));
        Show("cold, sequential read", () => Load(cold, files.Drop), () => Read(sequential));
        Show("cold, plain loader", () => Load(cold, files.Drop), () => Load(plain, files.Drop));

        double CopyTime(StreamVariant variant)
        {
            copies.Variant = variant;
            var start = Monotonic.Now;
            team.Run(copies);
            return (Monotonic.Now - start) * 1e-9;
        }

        PipelinedLoader Pipelined(LoadTier tier) => new(files, tier, target, request.Cpus, request.Parameters);

        double Load(ILoader loader, Action before)
        {
            before();
            var times = loader.Load();
            return files.Bytes * 1e9 / (times.End - times.Start);
        }

        double Read(PipelinedLoader loader)
        {
            files.Drop();
            var times = loader.ReadOnly();
            return files.Bytes * 1e9 / (times.Read - times.Start);
        }

        void Show(string what, Func<double> loader, Func<double> peer) => Console.WriteLine($"{what,-22}{Pairs.Compare("B/s", pairs, loader, peer)}");
    }
}
