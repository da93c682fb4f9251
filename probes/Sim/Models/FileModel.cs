using GpuLab.Model;

namespace GpuLab.Probes.Sim.Models;

/// <summary>A file read into memory of the declared machine by a slice's threads. The GPU has no part in it.</summary>
sealed class FileModel(ProbeInfo info) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = parameters.Number("bytes", info.Parameters[0].Default!.Value.Number);
        var rate = SimHost.Read(parameters.Word("cache", "warm") == "cold" ? SimReads.Cold : SimReads.Cached, SimHost.Threads, out var load);
        return new(bytes / rate, [new(bytes, IsRate: true)], load(rate)) { Operations = 1, Noise = 0.005, Facts = new() { ["bytes"] = Units.BytesText(bytes), ["storage and host"] = SimHost.Source } };
    }
}
