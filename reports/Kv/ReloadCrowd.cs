namespace GpuLab.Reports.Kv;

/// <summary>Reload against recompute while one slice, two, up to all of a layout are at it: of each number the slice that gains least.</summary>
/// <param name="Studies">By number of slices at once.</param>
public sealed record ReloadCrowd(string Layout, string What, IReadOnlyList<ReloadStudy> Studies)
{
    /// <summary>Of layouts that were looked at with several numbers of slices.</summary>
    public static IReadOnlyList<ReloadCrowd> Of(IReadOnlyList<ReloadStudy> studies) =>
    [
        .. studies.GroupBy(s => (s.Layout, s.What)).Where(g => g.Select(s => s.AtOnce).Distinct().Count() > 1)
            .Select(g => new ReloadCrowd(g.Key.Layout, g.Key.What, [.. g.GroupBy(s => s.AtOnce).OrderBy(n => n.Key).Select(n => n.MinBy(s => s.Least)!)])),
    ];

    public IEnumerable<string> Tiers => Studies.SelectMany(s => s.Tiers).Distinct();

    /// <summary>Whether a study is part of it, so that it need not be shown alone.</summary>
    public bool Holds(ReloadStudy study) => (study.Layout, study.What) == (Layout, What);

    /// <summary>From which length on reloading from a tier is faster, for each number of slices; numbers in a row with the same answer together.</summary>
    public string BreakEven(string tier)
    {
        var answers = new List<(int From, int To, string Answer)>();
        foreach (var study in Studies.Where(s => s.Tiers.Contains(tier)))
        {
            var answer = study.BreakEven(tier);
            if (answers is [.., var last] && last.Answer == answer) answers[^1] = last with { To = study.AtOnce };
            else answers.Add((study.AtOnce, study.AtOnce, answer));
        }
        return string.Join("; ", answers.Select(a => FormattableString.Invariant($"with {(a.From == a.To ? $"{a.From}" : $"{a.From} to {a.To}")} at once it {a.Answer}")));
    }
}
