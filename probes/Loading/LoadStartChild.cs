using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Host;
using GpuLab.Probes.Kernels;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>The hidden verb <c>load-start</c>: loads weights, uses them once, and says when it did what.</summary>
public static class LoadStartChild
{
    public const string Verb = "load-start";

    /// <summary>What the line with the answer begins with.</summary>
    internal const string Mark = "load-start:";

    const string Host = "host", Gpu = "gpu";

    /// <summary>What <see cref="Run"/> is given.</summary>
    internal static string[] Arguments(ProbeRequest request, LoadFiles files, bool toDevice) =>
    [
        Verb, toDevice ? Gpu : Host, request.Parameters.Word("tier", "cold"), N(LoadInfo.ChunkOf(request.Parameters)), N(LoadInfo.ThreadsOf(request.Parameters)), N(LoadInfo.PoolOf(request.Parameters)),
        string.Join(',', request.Cpus), request.Parameters["checkpoint"]?.Word ?? "", .. Enumerable.Range(0, files.Count).Select(files.PathOf),
    ];

    /// <param name="began">When the program's first instruction ran.</param>
    /// <returns>Exit code.</returns>
    public static int Run(string[] arguments, long began)
    {
        if (arguments is not [var device, var tier, var chunk, var threads, var pool, var processors, var named, .. var paths])
        {
            Console.Error.WriteLine($"gpulab: '{Verb}' is started by the probe load.start, not by hand.");
            return 2;
        }
        int[] cpus = [.. processors.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(c => int.Parse(c, CultureInfo.InvariantCulture))];
        var parameters = new Parameters(KeyValuePair.Create("chunk", Number(chunk)), KeyValuePair.Create("threads", Number(threads)), KeyValuePair.Create("pool", Number(pool)));
        var marks = new List<(string Phase, long End)> { ("process", began) };
        try
        {
            using var files = LoadFiles.Again(named, paths);
            marks.Add(("open", Monotonic.Now));
            var from = tier == "cold" ? LoadTier.Cold : LoadTier.Warm;
            var sum = device == Gpu ? OnGpu(files, from, cpus, parameters, marks) : OnHost(files, from, cpus, parameters, marks);
            Console.Out.WriteLine($"{Mark} {sum.ToString(CultureInfo.InvariantCulture)} {string.Join(' ', marks.Select(m => $"{m.Phase}={N(m.End)}"))}");
            return 0;
        }
        catch (Exception wrong) when (wrong is CheckpointException or ProbeSkippedException or CudaException)
        {
            Console.Out.WriteLine(wrong.Message);
            return 1;
        }
    }

    static unsafe ulong OnHost(LoadFiles files, LoadTier from, int[] cpus, Parameters parameters, List<(string, long)> marks)
    {
        var team = Team.For(cpus);
        using var place = new HostPlace(files.Room, team);
        marks.Add(("allocate", Monotonic.Now));
        Load(files, from, place, cpus, parameters, marks);
        var use = new WeightUse(place.Memory, files.Chunks(LoadFiles.Stretch), team.Count);
        team.Run(use);
        marks.Add(("use", Monotonic.Now));
        return use.Total;
    }

    static ulong OnGpu(LoadFiles files, LoadTier from, int[] cpus, Parameters parameters, List<(string, long)> marks)
    {
        using var context = CudaContext.Retain(CudaDevice.At(0));
        marks.Add(("context", Monotonic.Now));
        using var kernels = KernelBuild.Load(context, KernelModules.Common);
        marks.Add(("module", Monotonic.Now));
        using var place = new GpuPlace(context, files.Room, "the weights");
        place.Memory.Fill(0, place.Stream);
        place.Stream.Synchronize();
        marks.Add(("allocate", Monotonic.Now));
        Load(files, from, place, cpus, parameters, marks);
        var sum = GpuWeightUse.Sum(context, kernels["gl_weights_sum"], place);
        marks.Add(("use", Monotonic.Now));
        return sum;
    }

    static void Load(LoadFiles files, LoadTier from, ILoadPlace place, int[] cpus, Parameters parameters, List<(string, long)> marks)
    {
        using var loader = new PipelinedLoader(files, from, place, cpus, parameters);
        marks.Add(("pin", Monotonic.Now));
        var times = loader.Load();
        marks.Add(("read", times.Read));
        marks.Add(("copy", times.End));
    }

    /// <summary>The ends of the phases in their order, from the first instruction to the first use.</summary>
    internal static List<(string Phase, long End)> Read(string line, out ulong sum)
    {
        var words = line[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        sum = 0;
        var marks = new List<(string, long)>();
        foreach (var word in words.Skip(1))
        {
            if (word.Split('=') is [var phase, var text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var time)) marks.Add((phase, time));
        }
        if (marks.Count > 0 && marks.Count == words.Length - 1 && ulong.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out sum)) return marks;
        throw new WorkerException($"the process that loads said '{line}'");
    }

    static string N(long number) => number.ToString(CultureInfo.InvariantCulture);

    static ParameterValue Number(string text) => ParameterValue.Count(double.Parse(text, CultureInfo.InvariantCulture));
}
