using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>Holds cells against the entries of <c>exclude</c>, and remembers which entries ever matched.</summary>
sealed class Exclusions(IReadOnlyList<Exclusion> entries)
{
    readonly bool[] matched = new bool[entries.Count];

    /// <summary>Numbers of the entries that matched no cell, from 1.</summary>
    public IEnumerable<int> Unmatched => Enumerable.Range(1, entries.Count).Where(number => !matched[number - 1]);

    /// <summary>The entries that can still match where all but the parameters is known.</summary>
    public Candidates For(ProbeInfo probe, Layout layout, ModeRule mode, string? slice, string? profile)
    {
        List<(int Index, KeyValuePair<string, Condition>[] Conditions)>? left = null;
        for (var i = 0; i < entries.Count; i++)
        {
            if (!entries[i].Conditions.All(c => Fits(c.Key, c.Value))) continue;
            (left ??= []).Add((i, [.. entries[i].Conditions.Where(c => !IsPlace(c.Key))]));
        }
        return new(this, left);

        bool Fits(string key, Condition condition) => key switch
        {
            "probe" => condition.Matches(ParameterValue.Of(probe.Id)),
            "layout" => condition.Matches(ParameterValue.Of(layout.ToString())),
            "mode" => condition.Matches(ParameterValue.Of(mode.Word)),
            // A slice is called by its name or by its profile; a cell in which all work has neither.
            "slice" => slice is not null && (condition.Operator == "!="
                ? condition.Matches(ParameterValue.Of(slice)) && condition.Matches(ParameterValue.Of(profile!))
                : condition.Matches(ParameterValue.Of(slice)) || condition.Matches(ParameterValue.Of(profile!))),
            _ => true,
        };
    }

    static bool IsPlace(string key) => key is "probe" or "layout" or "mode" or "slice";

    /// <summary>The few entries that the parameters of a cell decide about.</summary>
    public readonly struct Candidates(Exclusions all, List<(int Index, KeyValuePair<string, Condition>[] Conditions)>? left)
    {
        public bool Exclude(Parameters parameters)
        {
            if (left is null) return false;
            var excluded = false;
            foreach (var (index, conditions) in left)
            {
                if (!Meets(parameters, conditions)) continue;
                // Each entry that matches is noted, not only the first: the others are of use too.
                excluded = all.matched[index] = true;
            }
            return excluded;
        }

        static bool Meets(Parameters parameters, KeyValuePair<string, Condition>[] conditions)
        {
            foreach (var (key, condition) in conditions)
            {
                if (parameters[key] is not { } value || !condition.Matches(value)) return false;
            }
            return true;
        }
    }
}
