using System.Globalization;
using GpuLab.Control.Mig;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Control.Simulated;

/// <summary>
/// A GPU that is not there: geometry and peak figures from data, MIG through the code of real GPUs, time on a virtual clock.
/// What its data does not give is missing here as well, by name.
/// </summary>
public sealed class SimulatedDevice : IDevice
{
    /// <summary>Opens a GPU that ships with the program.</summary>
    /// <param name="key">Such as <c>h200-141gb</c>, or with <c>sim:</c> before it.</param>
    /// <exception cref="GeometryException">No such GPU.</exception>
    public static SimulatedDevice Open(string key) => new(GpuCatalogue.Get(key.StartsWith("sim:", StringComparison.Ordinal) ? key[4..] : key));

    /// <param name="model">Its own, or one of a user's file.</param>
    /// <param name="spec">Peak figures; null takes those that ship, if any.</param>
    /// <param name="driver">How its driver behaves.</param>
    /// <param name="store">Where its MIG state is kept; null for this process alone.</param>
    public SimulatedDevice(GpuModel model, GpuSpec? spec = null, SimulatedDriver? driver = null, VirtualClock? clock = null,
        ISimulatedMigStore? store = null, IMigJournal? journal = null)
    {
        Model = model;
        Spec = spec ?? GpuCatalogue.Spec(model);
        Clock = clock ?? new();
        Id = new(DeviceKind.Simulated, model.Key);
        var none = new WholePartitioner(Id, Spec);
        if (model.Unknown is null && model.Placeable.All(p => p.Id is not null && p.MaxInstances is not null))
        {
            Mig = new(model, driver, Clock, store);
            Partitioners = [new MigPartitioner(Mig, Id.ToString(), journal ?? NoMigJournal.Instance, new(Pause: Pause, Now: () => Clock.Nanoseconds)), none];
        }
        else Partitioners = [none];
        Readings = new SimulatedTelemetry(Spec, Clock);
        Facts = new(DeviceKind.Simulated, $"{model.Product} (simulated)", (long)(Spec?["memory"]?.Value ?? model.Profiles.Max(p => p.Memory) ?? 0), Details());
    }

    public DeviceId Id { get; }

    public GpuModel Model { get; }

    /// <summary>Peak figures, or null where no block stands for this GPU.</summary>
    public GpuSpec? Spec { get; }

    public VirtualClock Clock { get; }

    /// <summary>The door to its MIG driver, or null where too little is known to simulate one.</summary>
    public SimulatedMigControl? Mig { get; }

    public DeviceFacts Facts { get; }

    /// <summary><c>mig</c> where it can be simulated, and <c>none</c>.</summary>
    public IReadOnlyList<IPartitioner> Partitioners { get; }

    public ITelemetry Telemetry => Readings;

    /// <summary>The same, for who knows what the work does to the GPU.</summary>
    public SimulatedTelemetry Readings { get; }

    /// <summary>A peak figure that a simulation needs.</summary>
    /// <param name="name">As in <see cref="GpuSpec.Values"/>.</param>
    /// <exception cref="GeometryException">It is not known; the message names it.</exception>
    public SpecValue Need(string name) => Spec?[name]
        ?? throw new GeometryException($"{Id} cannot be simulated here: '{name}' of {Model.Product} is not known; give it in a specification file of your own.");

    Task Pause(TimeSpan time, CancellationToken cancel)
    {
        Clock.Advance(time);
        return cancel.IsCancellationRequested ? Task.FromCanceled(cancel) : Task.CompletedTask;
    }

    Dictionary<string, string> Details()
    {
        var details = new Dictionary<string, string>
        {
            ["device"] = $"{Id} (simulated: figures are predictions, not measurements)",
            ["architecture"] = Model.Architecture,
            ["compute capability"] = Spec?.ComputeCapability ?? "not known",
            ["SMs"] = Model.Sms?.ToString(CultureInfo.InvariantCulture) ?? "not known",
            ["memory"] = Spec?["memory"] is { } memory ? $"{Pretty.Bytes(memory.Value)} ({Source(memory)})" : "not known",
            ["memory bandwidth"] = Spec?["memory_bandwidth"] is { } bandwidth ? $"{Pretty.Value(bandwidth.Value, "B/s")} ({Source(bandwidth)})" : "not known",
            ["MIG"] = Model.Unknown ?? $"{Model.Placeable.Count} profiles over {Model.MemoryUnits} memory units ({Model.Provenance.Status})",
        };
        return details;
    }

    static string Source(SpecValue value) => value.How switch
    {
        Known.Read => "read: " + value.Source,
        Known.Derived => "derived: " + value.Source,
        _ => "from memory",
    };
}
