namespace GpuLab.BrowserTests;

/// <summary>A test that needs a browser. Left out with a sentence where there is none; in CI that is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Missing;
}

[AttributeUsage(AttributeTargets.Method)]
sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Missing;
}
