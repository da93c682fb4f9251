using System.Globalization;
using System.Text.Json.Nodes;
using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>One entry of <c>layouts</c>: a layout, or a map that asks for those of a family.</summary>
sealed class LayoutChoiceKind : Kind<LayoutChoice>
{
    static readonly LayoutKind Written = new();
    static readonly Fields<Draft> Generated = new("a generated layout",
    [
        Field<Draft>.Of("generate", "which layouts: maximal (nothing more fits), uniform (equal slices) or all",
            new WordKind<string>("family of layouts", [.. LayoutFamilies.Names.Select(f => KeyValuePair.Create(f, f))]), (d, v) => d.What = v, required: true),
        Field<Draft>.Of("containing", "only layouts that have a slice of this profile", new ProfileKindOf(), (d, v) => d.Containing = v),
        Field<Draft>.Of("limit", "at most so many layouts, the first ones", NumberKind.Count(1, 10_000), (d, v) => d.Limit = (int)v),
    ]);

    public override bool TryRead(Node node, Errors errors, out LayoutChoice value)
    {
        value = null!;
        if (node is Node.Mapping)
        {
            var draft = new Draft();
            var right = Generated.Read(node, errors, draft);
            value = new LayoutChoice.Generated(draft.What, draft.Containing, draft.Limit, node.Place);
            return right;
        }
        if (!Written.TryRead(node, errors, out var layout)) return false;
        value = new LayoutChoice.Written(layout, node.Place);
        return true;
    }

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(Written.Schema(), Generated.Schema()) };

    /// <summary>What two entries must not have in common.</summary>
    public static string Word(LayoutChoice choice) => choice switch
    {
        LayoutChoice.Written written => written.Layout.ToString(),
        LayoutChoice.Generated g => string.Create(CultureInfo.InvariantCulture, $"generate {g.What} {g.Containing} {g.Limit}").TrimEnd(),
        _ => "",
    };

    sealed class Draft
    {
        public string What { get; set; } = "";

        public Profile? Containing { get; set; }

        public int? Limit { get; set; }
    }
}
