using System.Text.Json;
using System.Text.Json.Serialization;
using GpuLab.Control.Mig;

namespace GpuLab.Control.Simulated;

/// <summary>
/// All that a simulated driver remembers, as values that survive being written down and read again: so several processes can see one GPU.
/// </summary>
/// <param name="Serial">Grows with every instance created; part of UUIDs where the driver changes them.</param>
/// <param name="Calls">Calls so far by method name, and under <c>*</c> in all; faults count by it.</param>
public sealed record SimulatedMigState(bool Current, bool Pending, IReadOnlyList<SimulatedMigState.Instance> Instances, int Serial,
    IReadOnlyDictionary<string, int> Calls, int Holders)
{
    public static SimulatedMigState Initial(bool enabled) => new(enabled, enabled, [], 0, new Dictionary<string, int>(), 0);

    public sealed record Instance(int Id, int ProfileId, int Start, int Size, IReadOnlyList<Compute> Computes)
    {
        internal MigPlace Place => new(Start, Size);
    }

    /// <param name="Holders">Processes that use it; it cannot be destroyed while there are any.</param>
    public sealed record Compute(int Id, int ProfileId, int Start, int Size, int Serial, int Holders)
    {
        internal MigPlace Place => new(Start, Size);
    }

    public string ToJson() => JsonSerializer.Serialize(this, SimulatedMigJson.Default.SimulatedMigState);

    /// <exception cref="JsonException">Not such a state.</exception>
    public static SimulatedMigState FromJson(string json) =>
        JsonSerializer.Deserialize(json, SimulatedMigJson.Default.SimulatedMigState) ?? throw new JsonException("The state of a simulated GPU cannot be null.");
}

[JsonSerializable(typeof(SimulatedMigState))]
sealed partial class SimulatedMigJson : JsonSerializerContext;

/// <summary>Where the state of a simulated GPU is kept.</summary>
public interface ISimulatedMigStore
{
    /// <summary>Reads the state, lets it change, and keeps the result, with nobody else in between.</summary>
    T Exchange<T>(Func<SimulatedMigState, (SimulatedMigState State, T Answer)> change);
}

/// <summary>Kept in this process.</summary>
public sealed class SimulatedMigMemory(SimulatedMigState initial) : ISimulatedMigStore
{
    readonly Lock gate = new();
    SimulatedMigState state = initial;

    public T Exchange<T>(Func<SimulatedMigState, (SimulatedMigState State, T Answer)> change)
    {
        lock (gate)
        {
            (state, var answer) = change(state);
            return answer;
        }
    }
}
