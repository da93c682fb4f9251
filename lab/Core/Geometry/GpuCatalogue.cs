using System.Collections.Frozen;

namespace GpuLab.Geometry;

/// <summary>The GPUs whose geometry is known, from the files that ship with the program; and what a user's file adds.</summary>
public static class GpuCatalogue
{
    static readonly Lazy<IReadOnlyList<GpuModel>> models = new(() => GeometryReader.Read("mig-geometry.yaml", Resource("mig-geometry.yaml"), FrozenDictionary<int, int[]>.Empty));
    static readonly Lazy<FrozenDictionary<string, GpuSpec>> specifications =
        new(() => SpecReader.Read("gpu-specs.yaml", Resource("gpu-specs.yaml")).ToFrozenDictionary(s => s.Key));

    /// <summary>In the order of the file: by generation.</summary>
    public static IReadOnlyList<GpuModel> All => models.Value;

    public static IReadOnlyList<string> Keys => [.. All.Select(m => m.Key)];

    /// <summary>The GPU of that key.</summary>
    /// <exception cref="GeometryException">No such key; the message lists those there are.</exception>
    public static GpuModel Get(string key) => All.FirstOrDefault(m => m.Key == key)
        ?? throw new GeometryException($"'{key}' is not a known GPU; known are {string.Join(", ", Keys)}.");

    /// <summary>Peak figures of a GPU, or null where no block stands for it.</summary>
    public static GpuSpec? Spec(GpuModel model) => model.Specification is { } key ? specifications.Value.GetValueOrDefault(key) : null;

    /// <summary>All specification blocks, by key.</summary>
    public static IReadOnlyDictionary<string, GpuSpec> Specs => specifications.Value;

    /// <summary>Reads a user's geometry file; a file without its own <c>rules</c> takes the compute instance sizes of the one that ships.</summary>
    /// <exception cref="GeometryException">Every mistake in it with line and column.</exception>
    public static IReadOnlyList<GpuModel> Load(string path) => Parse(path, ReadAll(path));

    /// <summary>As <see cref="Load"/>, from text.</summary>
    /// <param name="file">Its name, for messages.</param>
    public static IReadOnlyList<GpuModel> Parse(string file, string text) => GeometryReader.Read(file, text, ComputeSizes);

    /// <summary>Reads a user's specification file, for figures that the one that ships does not have.</summary>
    /// <exception cref="GeometryException">Every mistake in it with line and column.</exception>
    public static IReadOnlyList<GpuSpec> LoadSpecs(string path) => ParseSpecs(path, ReadAll(path));

    /// <summary>As <see cref="LoadSpecs"/>, from text.</summary>
    /// <param name="file">Its name, for messages.</param>
    public static IReadOnlyList<GpuSpec> ParseSpecs(string file, string text) => SpecReader.Read(file, text);

    /// <summary>Sizes of compute instances by compute slices of the GPU instance, where known.</summary>
    internal static IReadOnlyDictionary<int, int[]> ComputeSizes { get; } = new Dictionary<int, int[]>
    {
        [1] = [1], [2] = [1, 2], [3] = [1, 2, 3], [4] = [1, 2, 4], [7] = [1, 2, 3, 4, 7],
    };

    static string ReadAll(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeometryException($"{path}: cannot be read: {e.Message}");
        }
    }

    static string Resource(string name)
    {
        using var stream = typeof(GpuCatalogue).Assembly.GetManifestResourceStream("geometry/" + name)
            ?? throw new InvalidOperationException($"The program was built without {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
