using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>How a probe's parameters are written.</summary>
static class ParameterKinds
{
    public static Kind<ParameterValue> Of(Parameter parameter) => parameter.Type switch
    {
        ParameterType.Word => new WordKind<ParameterValue>("value", [.. (parameter.Words ?? []).Select(w => KeyValuePair.Create(w, ParameterValue.Of(w)))]),
        ParameterType.Text => new TextKind("a text", "^.+$", 4096).As(text => new ParameterValue(ParameterType.Text, double.NaN, text)),
        _ => Number(parameter).As(number => new ParameterValue(parameter.Type, number)),
    };

    /// <summary>The kind with no bounds: to compare with, any number will do.</summary>
    public static Kind<ParameterValue> Unbounded(Parameter parameter) => Of(parameter with { Min = 0, Max = double.MaxValue });

    public static bool IsNumber(Parameter parameter) => parameter.Type is not (ParameterType.Word or ParameterType.Text);

    public static NumberKind Number(Parameter parameter) => parameter.Type switch
    {
        ParameterType.Bytes => NumberKind.Bytes(parameter.Min, parameter.Max),
        ParameterType.Seconds => NumberKind.Seconds(parameter.Min, parameter.Max),
        ParameterType.Fraction => NumberKind.Fraction(parameter.Min, parameter.Max),
        _ => NumberKind.Count(parameter.Min, parameter.Max),
    };
}
