using GpuLab.Cli;

namespace GpuLab.Tests.EndToEnd;

public sealed class ReadmeTests
{
    static readonly string text = File.ReadAllText(Path.Combine(Sources.Root, "README.md"));

    [Fact]
    public void Every_command_of_the_readme_is_one_the_program_understands()
    {
        var lines = Commands().Where(c => c[0] == "scripts/gpulab").ToList();
        Assert.True(lines.Count >= 5, "the README has lost its commands");
        Assert.All(lines, words => Assert.True(CommandLine.Root().Parse(words[1..]).Errors.Count == 0, $"{string.Join(' ', words)}: {string.Join("; ", CommandLine.Root().Parse(words[1..]).Errors.Select(e => e.Message))}"));
    }

    [Fact]
    public void Every_script_and_sweep_that_the_readme_calls_is_there()
    {
        var paths = Commands().SelectMany(c => c).Where(w => w.StartsWith("scripts/", StringComparison.Ordinal)).Distinct().ToList();
        Assert.Contains("scripts/sweeps/quickstart.yaml", paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Sources.Root, path)), $"{path} is not there"));
    }

    /// <summary>Lines of fenced blocks without comments; a command inside &lt;( ) counts as itself.</summary>
    static IEnumerable<string[]> Commands() => text.Split("```").Where((_, i) => i % 2 == 1).SelectMany(b => b.Split('\n').Skip(1))
        .Select(l => l.Split(" #")[0].Replace("source <(", "", StringComparison.Ordinal).TrimEnd(' ', ')'))
        .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 0 && w[0].StartsWith("scripts/", StringComparison.Ordinal));
}
