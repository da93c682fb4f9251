using System.Globalization;
using System.Text.Json.Nodes;

namespace GpuLab.Sweeps.Reading;

/// <summary>A list without duplicates, or one value in its place.</summary>
/// <param name="word">How a value is shown and compared; null for values that may repeat.</param>
sealed class ListKind<T>(string expected, Kind<T> item, int most, Func<T, string>? word = null) : Kind<IReadOnlyList<Placed<T>>>
{
    public override bool TryRead(Node node, Errors errors, out IReadOnlyList<Placed<T>> value)
    {
        var found = new List<Placed<T>>();
        value = found;
        var before = errors.Count;
        if (node is Node.Scalar { IsNothing: true } or Node.Sequence { Items.Count: 0 })
        {
            errors.Expected(node, expected);
            return false;
        }
        var items = node is Node.Sequence list ? list.Items : [node];
        if (items.Count > most) errors.Add(items[most].Place, string.Create(CultureInfo.InvariantCulture, $"{items.Count} entries: the most is {most}."));
        var seen = new Dictionary<string, TextPlace>();
        foreach (var one in items.Take(most))
        {
            if (!item.TryRead(one, errors, out var read)) continue;
            found.Add(new(read, one.Place));
            if (word is null || seen.TryAdd(word(read), one.Place)) continue;
            errors.Add(one.Place, string.Create(CultureInfo.InvariantCulture, $"{Errors.Shown(word(read))} is there already, on line {seen[word(read)].Line}."));
        }
        return errors.Count == before && found.Count > 0;
    }

    public override JsonObject Schema()
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.Schema(), ["minItems"] = 1, ["maxItems"] = most };
        if (word is not null) list["uniqueItems"] = true;
        return new() { ["anyOf"] = new JsonArray(item.Schema(), list) };
    }
}

/// <summary>A value and where it was written.</summary>
readonly record struct Placed<T>(T Value, TextPlace Place);
