using GpuLab.Model;

namespace GpuLab.Results;

/// <summary>Parameters between memory and files or messages.</summary>
public static class ParameterDocuments
{
    public static IReadOnlyDictionary<string, ParameterDocument> Write(Parameters parameters)
    {
        var documents = new Dictionary<string, ParameterDocument>();
        foreach (var (name, value) in parameters) documents[name] = new(value.Type.ToString(), value.Number, value.Word);
        return documents;
    }

    /// <exception cref="FormatException">A type that this version does not know.</exception>
    public static Parameters Read(IReadOnlyDictionary<string, ParameterDocument> documents) =>
        new([.. documents.Select(d => KeyValuePair.Create(d.Key, Read(d.Key, d.Value)))]);

    static ParameterValue Read(string name, ParameterDocument document) => Enum.TryParse<ParameterType>(document.Type, out var type)
        ? new(type, document.Number, document.Word)
        : throw new FormatException($"parameter {name} has the unknown type '{document.Type}'");
}
