using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Probes.Llm;

/// <summary>A probe that can say before anything runs that a cell cannot be measured on a slice.</summary>
interface IForesight
{
    /// <summary>The reason, or null where nothing is known against it.</summary>
    string? Obstacle(Slice slice, Parameters parameters);
}
