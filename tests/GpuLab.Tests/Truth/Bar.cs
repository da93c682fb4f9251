namespace GpuLab.Tests.Truth;

/// <summary>Shares that must be reached by counting.</summary>
static class Bar
{
    /// <summary>From here on a count is held against the bar itself.</summary>
    const int Many = 1000;

    public static void AtLeast(double share, int found, int of, string what)
    {
        Console.WriteLine(FormattableString.Invariant($"truth: {what}: {found} of {of} = {(double)found / of:P1}, at least {share:P0}"));
        Assert.True(found >= (share - Slack(share, of)) * of, FormattableString.Invariant($"{what}: {found} of {of}, expected at least {share:P0}"));
    }

    public static void AtMost(double share, int found, int of, string what)
    {
        Console.WriteLine(FormattableString.Invariant($"truth: {what}: {found} of {of} = {(double)found / of:P1}, at most {share:P0}"));
        Assert.True(found <= (share + Slack(share, of)) * of, FormattableString.Invariant($"{what}: {found} of {of}, expected at most {share:P0}"));
    }

    /// <summary>Of few a share is only known roughly: what a machine exactly at the bar would miss by chance once in 40 times is let pass.</summary>
    static double Slack(double share, int of) => of >= Many ? 0 : 1.96 * Math.Sqrt(share * (1 - share) / of);
}
