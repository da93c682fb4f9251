using System.Text.Json.Nodes;
using GpuLab.Sweeps.Reading;

namespace GpuLab.Simulation;

/// <summary>A share that may be negative, such as <c>-1%</c>.</summary>
sealed class SignedKind(double most) : Kind<double>
{
    readonly NumberKind size = NumberKind.Fraction(0, most);

    public override bool TryRead(Node node, Errors errors, out double value)
    {
        var negative = node is Node.Scalar { Text: ['-', ..] };
        var read = size.TryRead(node is Node.Scalar scalar && negative ? scalar with { Text = scalar.Text[1..] } : node, errors, out value);
        if (negative) value = -value;
        return read;
    }

    public override JsonObject Schema() => new() { ["type"] = new JsonArray("number", "string"), ["pattern"] = "^-?[0-9.]+ *%?$" };
}
