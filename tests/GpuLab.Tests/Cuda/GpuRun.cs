using System.Globalization;
using GpuLab.Results;

namespace GpuLab.Tests.Cuda;

/// <summary>One <c>gpulab run</c> of the built program on a machine of doubles.</summary>
sealed record GpuRun(int Exit, string Output, string Errors, string Folder)
{
    public RunData Data => RunFolderReader.Read(Folder);

    public IReadOnlyList<TrialDone> Trials => [.. Data.Events.OfType<TrialDone>()];

    /// <param name="probes">The sweep's probes as YAML.</param>
    /// <param name="more">Further lines of the sweep.</param>
    public static GpuRun Of(CudaDouble machine, string layouts, string probes, string more = "", params string[] arguments)
    {
        var sweep = Path.Combine(machine.Folder, "sweep.yaml");
        File.WriteAllText(sweep, $"""
            name: double
            device: host
            layouts: {layouts}
            probes: {probes}
            effort: quick
            min_samples: 3
            min_time: 10ms
            max_time: 300ms
            warmup: 0s
            repeats: 1
            {more}

            """);
        var folder = Path.Combine(machine.Folder, string.Create(CultureInfo.InvariantCulture, $"run-{Guid.NewGuid():N}"));
        var (exit, output, errors) = machine.Nvml.Run(["run", sweep, "--on", "gpu:0", "--out", folder, .. arguments]);
        return new(exit, output, errors, folder);
    }

    public override string ToString() => $"exit {Exit}\n{Output}\n{Errors}";
}
