using GpuLab.Control.Mig;

namespace GpuLab.Control.Simulated;

/// <summary>A driver call that fails on demand.</summary>
/// <param name="Call">Name of the <see cref="IMigControl"/> method, such as <c>CreateGpuInstance</c>; <c>*</c> counts every call.</param>
/// <param name="Nth">Which call fails, from 1.</param>
/// <param name="Status">What it returns.</param>
/// <param name="ForGood">Whether it fails from then on, or just once.</param>
/// <param name="Done">Whether the change happens all the same: a status that lies, as timeouts do.</param>
public sealed record SimulatedFault(string Call, int Nth, NvmlReturn Status, bool ForGood = false, bool Done = false)
{
    internal bool Hits(int call) => ForGood ? call >= Nth : call == Nth;
}
