using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>One of some words.</summary>
/// <param name="what">What the words are, for messages: <c>mode</c>, <c>probe</c>.</param>
sealed class WordKind<T>(string what, IReadOnlyList<KeyValuePair<string, T>> words) : ScalarKind<T>
{
    const int MostListed = 32;

    IEnumerable<string> Words => words.Select(w => w.Key);

    public override string Expected => words.Count <= MostListed ? $"one of {string.Join(' ', Words)}" : $"a {what}";

    protected override bool TryRead(string text, out T value, out string? problem)
    {
        foreach (var word in words)
        {
            if (word.Key != text) continue;
            (value, problem) = (word.Value, null);
            return true;
        }
        value = default!;
        var expected = words.Count <= MostListed ? $": expected {Expected}." : ".";
        problem = $"{Errors.Shown(text)} is not a {what}{expected}{Nearest.Hint(text, Words)}";
        return false;
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["enum"] = new JsonArray([.. Words.Select(w => (JsonNode)w)]) };
}

/// <summary>A text of a given form.</summary>
/// <param name="pattern">Anchored; understood by .NET and by the ECMA dialect of JSON Schema alike.</param>
sealed class TextKind(string expected, string pattern, int longest) : ScalarKind<string>
{
    readonly Regex regex = new(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public override string Expected => expected;

    protected override bool TryRead(string text, out string value, out string? problem)
    {
        value = text;
        problem = text.Length > longest ? string.Create(CultureInfo.InvariantCulture, $"{Errors.Shown(text)} is {text.Length} characters long: the most is {longest}.") : null;
        return problem is null && regex.IsMatch(text);
    }

    // A number in plain YAML is text here: 'name: 2026'.
    public override JsonObject Schema() => new() { ["type"] = new JsonArray("string", "number"), ["pattern"] = pattern, ["maxLength"] = longest };
}

/// <summary>The seed of everything random: any 64-bit number.</summary>
sealed class SeedKind : ScalarKind<ulong>
{
    public override string Expected => "a whole number from 0 to 18446744073709551615";

    protected override bool TryRead(string text, out ulong value, out string? problem)
    {
        problem = null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    public override JsonObject Schema() => new() { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = ulong.MaxValue };
}

/// <summary>A device as it is written everywhere.</summary>
sealed class DeviceKindOf : ScalarKind<DeviceId>
{
    public override string Expected => "auto, host, gpu:N, a GPU's UUID or sim:KEY";

    protected override bool TryRead(string text, out DeviceId value, out string? problem)
    {
        problem = null;
        if (DeviceId.TryParse(text, CultureInfo.InvariantCulture, out value)) return true;
        problem = $"{Errors.Shown(text)} is not a device: expected {Expected}.{Nearest.Hint(text, ["auto", "host", "gpu:0"])}";
        return false;
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^(auto|host|gpu:[0-9]+|GPU-.+|sim:.+)$" };
}

/// <summary>A layout, in the grammar of <see cref="Layout"/>.</summary>
sealed class LayoutKind : ScalarKind<Layout>
{
    const string Profile = "([1-9][0-9]*g\\.[0-9]+gb(\\+me\\.all|\\+me|\\+gfx|-me)?|[1-9][0-9]*(c|sm|%))";
    const string Item = $"([1-9][0-9]*x)?{Profile}(@[0-9]+)?(\\(([1-9][0-9]*x)?[1-9][0-9]*c(\\+([1-9][0-9]*x)?[1-9][0-9]*c)*\\))?";

    /// <summary>Longest text that is tried; the largest layout that makes sense is far shorter.</summary>
    const int Longest = 4096;

    public override string Expected => "a layout such as whole, 2x1c or 3g.71gb+2x2g.35gb";

    protected override bool TryRead(string text, out Layout value, out string? problem)
    {
        problem = null;
        if (text.Length > Longest)
        {
            value = Layout.Whole;
            return false;
        }
        if (Layout.TryParse(text, out value!, out var error)) return true;
        problem = error + Nearest.Hint(text, ["whole"]);
        return false;
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = $"^(whole|{Item}(\\+{Item})*)$" };
}

/// <summary>A profile without count or place.</summary>
sealed class ProfileKindOf : ScalarKind<Profile>
{
    public override string Expected => "one profile such as 3g.71gb or 2c";

    protected override bool TryRead(string text, out Profile value, out string? problem)
    {
        problem = null;
        var one = text.Length < 64 && Layout.TryParse(text, CultureInfo.InvariantCulture, out var layout) && layout is { Items: [{ Start: null, ComputeInstances: [] } item] } ? item.Profile : null;
        value = one!;
        return one is not null && one.ToString() == text;
    }

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^([1-9][0-9]*g\\.[0-9]+gb(\\+me\\.all|\\+me|\\+gfx|-me)?|[1-9][0-9]*(c|sm|%))$" };
}
