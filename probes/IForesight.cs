using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Probes;

/// <summary>A probe that can say before a run, from a cell's parameters, why it cannot be measured.</summary>
interface IForesight
{
    /// <summary>The reason, or null where nothing is known against it.</summary>
    string? Obstacle(Slice slice, Parameters parameters);
}
