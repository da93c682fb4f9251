namespace GpuLab.Sweeps.Reading;

/// <summary>What a sweep's text is made of, with places: the part of YAML that sweeps use.</summary>
abstract record Node(TextPlace Place)
{
    /// <param name="Quoted">Whether it was written in quotes: then even an empty one is a value.</param>
    public sealed record Scalar(TextPlace Place, string Text, bool Quoted) : Node(Place)
    {
        public bool IsNothing => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";
    }

    public sealed record Sequence(TextPlace Place, IReadOnlyList<Node> Items) : Node(Place);

    public sealed record Mapping(TextPlace Place, IReadOnlyList<Entry> Entries) : Node(Place);

    /// <summary>Stands where something was refused already; nothing more is said about it.</summary>
    public sealed record Refused(TextPlace Place) : Node(Place);

    public readonly record struct Entry(Scalar Key, Node Value);

    /// <summary>As an error would name it.</summary>
    public string Described => this switch
    {
        Scalar { IsNothing: true } => "nothing",
        Scalar scalar => Errors.Shown(scalar.Text),
        Sequence => "a list",
        _ => "a map",
    };
}
