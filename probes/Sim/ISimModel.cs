using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Sim;

/// <summary>Predicts one probe on a slice from data: one small class a resource.</summary>
interface ISimModel
{
    ProbeInfo Info { get; }

    /// <exception cref="ProbeSkippedException">What is needed is not known, or the cell does not fit; the message says what.</exception>
    SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters);
}
