namespace GpuLab.Control.Simulated;

/// <summary>How a simulated driver behaves where real ones differ, and how long its calls take on the virtual clock.</summary>
/// <param name="Enabled">Whether MIG mode is on at first.</param>
/// <param name="ChangesUuids">Whether an instance that comes back gets a new UUID; otherwise it depends on the place alone.</param>
/// <param name="ModeNeedsReset">Null for what the GPU's data says.</param>
/// <param name="VgpuGuest">Whether it is a guest, whose geometry is fixed.</param>
/// <param name="CreateTime">Time of a create.</param>
/// <param name="DestroyTime">Time of destroying a GPU instance: about a second on real drivers.</param>
/// <param name="LookupTime">Time of finding a UUID; up to ten seconds under load on real drivers.</param>
public sealed record SimulatedDriver(bool Enabled = true, bool ChangesUuids = false, bool? ModeNeedsReset = null, bool VgpuGuest = false,
    TimeSpan? CreateTime = null, TimeSpan? DestroyTime = null, TimeSpan? LookupTime = null, IReadOnlyList<SimulatedFault>? Faults = null);
