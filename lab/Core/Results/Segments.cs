using System.Collections;

namespace GpuLab.Results;

/// <summary>Lists read one behind the other without being copied: rows of a run can take most of the memory there is.</summary>
sealed class Segments<T>(IReadOnlyList<IReadOnlyList<T>> parts) : IReadOnlyList<T>
{
    public int Count { get; } = parts.Sum(p => p.Count);

    public T this[int index]
    {
        get
        {
            foreach (var part in parts)
            {
                if (index < part.Count) return part[index];
                index -= part.Count;
            }
            throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    public IEnumerator<T> GetEnumerator()
    {
        foreach (var part in parts)
        {
            foreach (var item in part) yield return item;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
