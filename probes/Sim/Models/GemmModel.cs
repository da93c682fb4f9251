using GpuLab.Model;
using GpuLab.Probes.Compute;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Large products of matrices: the slice's share of the tensor cores, whatever the shape.</summary>
sealed class GemmModel(ProbeInfo info) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var work = new ComputeModel(info, parameters.Word("type", ComputeInfo.GemmTypes[0]), tensor: true).Predict(gpu, slice, parameters);
        work.Facts["shape"] = "not modelled: large matrices";
        return work;
    }
}
