using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>The hidden verb <c>load-start</c>: loads weights, uses them once, and says when it did what.</summary>
public static class LoadStartChild
{
    public const string Verb = "load-start";

    /// <summary>What the line with the answer begins with.</summary>
    internal const string Mark = "load-start:";

    /// <summary>Phases of an answer.</summary>
    const int Phases = 7;

    /// <summary>What <see cref="Run"/> is given.</summary>
    internal static string[] Arguments(ProbeRequest request, LoadFiles files) =>
    [
        Verb, request.Parameters.Word("tier", "cold"), N(LoadInfo.ChunkOf(request.Parameters)), N(LoadInfo.ThreadsOf(request.Parameters)), N(LoadInfo.PoolOf(request.Parameters)),
        string.Join(',', request.Cpus), request.Parameters["checkpoint"]?.Word ?? "", .. Enumerable.Range(0, files.Count).Select(files.PathOf),
    ];

    /// <param name="began">When the program's first instruction ran.</param>
    /// <returns>Exit code.</returns>
    public static unsafe int Run(string[] arguments, long began)
    {
        if (arguments is not [var tier, var chunk, var threads, var pool, var processors, var named, .. var paths])
        {
            Console.Error.WriteLine($"gpulab: '{Verb}' is started by the probe load.start, not by hand.");
            return 2;
        }
        int[] cpus = [.. processors.Split(',').Select(c => int.Parse(c, CultureInfo.InvariantCulture))];
        var parameters = new Parameters(KeyValuePair.Create("chunk", Number(chunk)), KeyValuePair.Create("threads", Number(threads)), KeyValuePair.Create("pool", Number(pool)));
        try
        {
            using var files = LoadFiles.Again(named, paths);
            var opened = Monotonic.Now;
            var team = Team.For(cpus);
            using var memory = HostMemory.Rent(files.Room, cpus, "weights");
            team.Run(new LoadTarget.Touch(memory.Start, files.Room, team.Count));
            var allocated = Monotonic.Now;
            using var loader = new PipelinedLoader(files, tier == "cold" ? LoadTier.Cold : LoadTier.Warm, memory.Start, cpus, parameters);
            var pinned = Monotonic.Now;
            var times = loader.Load();
            var use = new WeightUse(memory.Start, files.Chunks(LoadFiles.Stretch), team.Count);
            team.Run(use);
            Console.Out.WriteLine($"{Mark} {string.Join(' ', new[] { began, opened, allocated, pinned, times.Read, times.End, Monotonic.Now }.Select(t => N(t)))} {use.Total.ToString(CultureInfo.InvariantCulture)}");
            return 0;
        }
        catch (Exception wrong) when (wrong is CheckpointException or ProbeSkippedException)
        {
            Console.Out.WriteLine(wrong.Message);
            return 1;
        }
    }

    /// <summary>The ends of the phases, from the first instruction to the first use.</summary>
    internal static long[] Read(string line, out ulong sum)
    {
        var words = line[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        sum = 0;
        if (words.Length == Phases + 1 && ulong.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out sum)) return [.. words[..Phases].Select(w => long.Parse(w, CultureInfo.InvariantCulture))];
        throw new WorkerException($"the process that loads said '{line}'");
    }

    static string N(long number) => number.ToString(CultureInfo.InvariantCulture);

    static ParameterValue Number(string text) => ParameterValue.Count(double.Parse(text, CultureInfo.InvariantCulture));
}
