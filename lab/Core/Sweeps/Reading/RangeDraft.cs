using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>A range being read: from, to (inclusive), and either a factor or a step.</summary>
sealed class RangeDraft
{
    double from, to;
    double? times, step;

    public static Fields<RangeDraft> Fields(Parameter parameter)
    {
        var bound = ParameterKinds.Number(parameter);
        var step = ParameterKinds.Number(parameter with { Min = 0 });
        var factor = new NumberKind("a factor such as 2", null, bare: true, whole: false, 1, 1e12, Units.Invariant);
        return new("a range",
        [
            Field<RangeDraft>.Of("from", "the first value", bound, (d, v) => d.from = v, required: true),
            Field<RangeDraft>.Of("to", "the last value, reached or not exceeded", bound, (d, v) => d.to = v, required: true),
            Field<RangeDraft>.Of("times", "the factor from one value to the next", factor, (d, v) => d.times = v),
            Field<RangeDraft>.Of("step", "the difference from one value to the next", step, (d, v) => d.step = v),
        ]);
    }

    /// <summary>What is wrong with the range as a whole, or null.</summary>
    public string? Problem() => (times, step) switch
    {
        (null, null) => "the range has neither 'times' nor 'step': one of them says how to get from one value to the next.",
        (not null, not null) => "the range has both 'times' and 'step': leave one out.",
        _ when to < from => "the range ends before it begins: 'to' is less than 'from'.",
        (<= 1, _) => "'times' must be more than 1.",
        (_, <= 0) => "'step' must be more than 0.",
        (not null, _) when from <= 0 => "'from' must be more than 0 where 'times' multiplies it.",
        _ => null,
    };

    /// <summary>How many values the range has, known before any is made.</summary>
    // The tolerance lets 0.1 + 2 · 0.1 reach 0.3.
    public double Count => 1 + Math.Floor(1e-9 + (times is { } factor ? Math.Log(to / from) / Math.Log(factor) : (to - from) / step!.Value));

    /// <summary>The values in ascending order; sizes and counts are rounded to whole numbers, and equal ones are kept once.</summary>
    public IReadOnlyList<ParameterValue> Values(ParameterType type)
    {
        var values = new List<ParameterValue>();
        var count = Count;
        for (var i = 0; i < count; i++)
        {
            var value = times is { } factor ? from * Math.Pow(factor, i) : from + i * step!.Value;
            if (type is ParameterType.Bytes or ParameterType.Count) value = Math.Round(value);
            value = Math.Min(value, to);
            if (values.Count == 0 || values[^1].Number != value) values.Add(new(type, value));
        }
        return values;
    }
}
