using GpuLab.Model;
using GpuLab.Probes.Loading;

namespace GpuLab.Probes.Sim.Models;

/// <summary>A cold start phase by phase: constants of the declared machine, the load as <see cref="LoadModel"/> has it, and one pass over the weights at the slice's read bandwidth.</summary>
sealed class StartModel(ProbeInfo info) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = LoadModel.Bytes(slice, parameters);
        var (read, copy, load) = LoadModel.Times(gpu, bytes, parameters, pipelined: true);
        var memory = gpu.Need("memory_bandwidth") * slice.MemoryShare;
        var phases = new Dictionary<string, double>
        {
            ["process"] = SimHost.Process,
            ["open"] = SimHost.Open,
            ["context"] = SimHost.Context,
            ["module"] = SimHost.Module,
            ["allocate"] = bytes / (memory * gpu.Traits.Write),
            ["pin"] = LoadInfo.PoolOf(parameters) / SimHost.Pinning,
            ["read"] = read,
            ["copy"] = copy,
            ["use"] = bytes / (memory * gpu.Traits.Read),
        };
        var total = phases["total"] = phases.Values.Sum();
        return new(total, [.. info.Metrics.Select(m => SimOutput.Part(phases[m.Name], total))], load.At((read + copy) / total))
        {
            Operations = 1, Noise = 0.02, Facts = new() { ["bytes"] = Units.BytesText(bytes), ["storage and host"] = SimHost.Source, ["process, context, kernels"] = "constants" },
        };
    }
}
