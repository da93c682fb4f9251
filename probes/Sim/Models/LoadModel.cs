using GpuLab.Model;
using GpuLab.Probes.Link;
using GpuLab.Probes.Loading;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Weights in pinned memory of the host go over the link like any other copy. What a disk gives is not part of a GPU's specification.</summary>
sealed class LoadModel(ProbeInfo info) : ISimModel
{
    readonly LinkModel link = new(LinkInfo.ToDevice, up: true, down: false);

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        if (parameters.Word("tier", "cold") is var tier and not "pinned") throw new ProbeSkippedException($"what the host's disk and page cache give is not known here: tier {tier} cannot be predicted, only tier pinned");
        var (bytes, wrong) = NamedWeights.Of(parameters);
        if (wrong is not null) throw new ProbeSkippedException(wrong);
        if (bytes > slice.Memory) throw new ProbeSkippedException($"the weights are {Pretty.Bytes(bytes)}, and {slice.Name} has {Pretty.Bytes(slice.Memory.Value)} of memory");
        var copy = link.Predict(gpu, slice, new(KeyValuePair.Create("bytes", ParameterValue.Bytes(bytes))));
        // Nothing is read, so all of the time is that of the copy.
        return copy with { Outputs = [new(bytes, IsRate: true), new(double.PositiveInfinity, IsRate: false), new(1, IsRate: false)] };
    }
}
