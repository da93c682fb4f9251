using System.Text.Json.Nodes;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>What a value must be for an exclusion to match: a value, one of a list, or a comparison such as <c>">256MiB"</c>.</summary>
/// <param name="ordered">Whether values can be smaller and larger.</param>
sealed class ConditionKind(Kind<ParameterValue> value, bool ordered) : Kind<Condition>
{
    /// <summary>Longer ones first, so that <c>&lt;=</c> is not read as <c>&lt;</c>.</summary>
    static readonly string[] Operators = ["<=", ">=", "!=", "<", ">", "="];

    readonly ListKind<ParameterValue> list = new("a value, a list of values or a comparison", value, 1000, v => v.ToString());

    public override bool TryRead(Node node, Errors errors, out Condition condition)
    {
        condition = new("=", []);
        if (node is Node.Scalar { IsNothing: false } scalar && Operators.FirstOrDefault(o => scalar.Text.StartsWith(o, StringComparison.Ordinal)) is { } found)
        {
            if (!ordered && found is not ("=" or "!="))
            {
                errors.Add(node.Place, $"'{found}' compares numbers: expected a word, a list of words or '!=' and a word.");
                return false;
            }
            var rest = scalar.Text[found.Length..].Trim();
            if (!value.TryRead(scalar with { Text = rest, Quoted = rest.Length > 0 }, errors, out var one)) return false;
            condition = new(found, [one]);
            return true;
        }
        if (!list.TryRead(node, errors, out var values)) return false;
        condition = new("=", [.. values.Select(v => v.Value)]);
        return true;
    }

    public override JsonObject Schema()
    {
        var schema = list.Schema();
        ((JsonArray)schema["anyOf"]!).Add(new JsonObject { ["type"] = "string", ["pattern"] = ordered ? "^(<=|>=|!=|<|>|=)" : "^(!=|=)" });
        return schema;
    }
}

/// <summary>The first of several kinds that reads a value: a parameter of one name may differ from probe to probe.</summary>
sealed class FirstKind(IReadOnlyList<Kind<ParameterValue>> kinds) : Kind<ParameterValue>
{
    public override bool TryRead(Node node, Errors errors, out ParameterValue value)
    {
        foreach (var kind in kinds.Skip(1))
        {
            if (kind.TryRead(node, new(""), out value)) return true;
        }
        return kinds[0].TryRead(node, errors, out value);
    }

    public override JsonObject Schema() => kinds.Count == 1 ? kinds[0].Schema() : new() { ["anyOf"] = new JsonArray([.. kinds.Select(k => (JsonNode)k.Schema())]) };
}
