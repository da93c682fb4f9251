namespace GpuLab.Results;

/// <summary>Where rows are gathered while a file is read.</summary>
interface IRowList<T> : IReadOnlyList<T>
{
    /// <summary>Rows for which to take room in one piece.</summary>
    int Capacity { set; }

    void Add(T row);
}

/// <summary>Row by row, for files that are short.</summary>
sealed class RowList<T> : List<T>, IRowList<T>;
