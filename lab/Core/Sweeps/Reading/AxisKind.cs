using System.Globalization;
using System.Text.Json.Nodes;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>How many values all axes of a sweep may have together: a range is short to write and long to expand.</summary>
sealed class Allowance
{
    public const int Values = 1_000_000;

    long left = Values;

    public bool Take(double count)
    {
        if (count > left) return false;
        left -= (long)count;
        return true;
    }
}

/// <summary>The values of a parameter: one, a list, or for numbers a range <c>{from, to, times}</c> or <c>{from, to, step}</c>.</summary>
sealed class AxisKind(Parameter parameter, Allowance allowance) : Kind<IReadOnlyList<ParameterValue>>
{
    const int MostListed = 10_000;

    readonly bool ranged = ParameterKinds.IsNumber(parameter);
    readonly Fields<RangeDraft> range = RangeDraft.Fields(parameter);
    readonly ListKind<ParameterValue> list = new("a value or a list of values", ParameterKinds.Of(parameter), MostListed, v => v.ToString());

    public override bool TryRead(Node node, Errors errors, out IReadOnlyList<ParameterValue> value)
    {
        value = [];
        if (node is Node.Mapping && ranged)
        {
            var draft = new RangeDraft();
            if (!range.Read(node, errors, draft)) return false;
            if (draft.Problem() is { } problem) errors.Add(node.Place, problem);
            else if (!allowance.Take(draft.Count)) errors.Add(node.Place, TooMany(draft.Count));
            else value = draft.Values(parameter.Type);
            return value.Count > 0;
        }
        if (!list.TryRead(node, errors, out var listed)) return false;
        value = [.. listed.Select(v => v.Value)];
        if (allowance.Take(value.Count)) return true;
        errors.Add(node.Place, TooMany(value.Count));
        return false;
    }

    public override JsonObject Schema()
    {
        var schema = list.Schema();
        if (ranged) ((JsonArray)schema["anyOf"]!).Add(range.Schema());
        return schema;
    }

    static string TooMany(double count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:0} values: all parameters of a sweep may have {Allowance.Values} together.");
}
