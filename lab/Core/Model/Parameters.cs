using System.Collections;

namespace GpuLab.Model;

/// <summary>The parameters of one cell, in the order in which the probe declares them. Compared by value.</summary>
public sealed class Parameters(params KeyValuePair<string, ParameterValue>[] items) : IReadOnlyList<KeyValuePair<string, ParameterValue>>, IEquatable<Parameters>
{
    public static readonly Parameters None = new();

    public int Count => items.Length;

    public KeyValuePair<string, ParameterValue> this[int index] => items[index];

    public ParameterValue? this[string name]
    {
        get
        {
            foreach (var item in items)
            {
                if (item.Key == name) return item.Value;
            }
            return null;
        }
    }

    /// <summary>A number of the cell, or <paramref name="otherwise"/> where the cell does not set it.</summary>
    public double Number(string name, double otherwise) => this[name]?.Number ?? otherwise;

    public string Word(string name, string otherwise) => this[name]?.Word ?? otherwise;

    /// <summary>The same parameters without one of them: what the points of a curve have in common.</summary>
    public Parameters Without(string name) => new([.. items.Where(i => i.Key != name)]);

    // A KeyValuePair hashes by its key alone and compares by reflection: grouping thousands of cells by it would take seconds.
    public bool Equals(Parameters? other)
    {
        if (other is null || other.Count != Count) return false;
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Key != other[i].Key || items[i].Value != other[i].Value) return false;
        }
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Parameters);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (key, value) in items) hash.Add((key, value));
        return hash.ToHashCode();
    }

    public IEnumerator<KeyValuePair<string, ParameterValue>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, ParameterValue>>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();

    /// <summary><c>bytes=64MiB memory=pinned</c></summary>
    public override string ToString() => string.Join(' ', items.Select(i => $"{i.Key}={i.Value}"));
}
