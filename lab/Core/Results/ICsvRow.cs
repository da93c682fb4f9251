using CsvHelper;

namespace GpuLab.Results;

/// <summary>
/// A row that knows its columns and carries itself through CsvHelper field by field.
/// Written by hand because a generated mapper reads at a third of the speed. The first column is the trial.
/// </summary>
interface ICsvRow<TSelf> where TSelf : struct, ICsvRow<TSelf>
{
    static abstract string[] Columns { get; }

    /// <summary>Writes the fields in the order of <see cref="Columns"/>, without ending the record.</summary>
    static abstract void Write(CsvWriter csv, in TSelf row);

    /// <summary>Reads the record at the cursor; fields are numbered as in <see cref="Columns"/>, wherever the file has them.</summary>
    static abstract TSelf Read(CsvCursor row);

    /// <summary>An empty list that suits as many rows as such a file has.</summary>
    static abstract IRowList<TSelf> List();
}
