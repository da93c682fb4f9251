namespace GpuLab.Tests.EndToEnd;

[Collection(Outside.Name)]
public sealed class CompletionTests : IDisposable
{
    readonly Workplace place = new();

    [Theory]
    [InlineData("", "run", "report", "devices", "probes", "layouts", "completion")]
    [InlineData("re", "report")]
    [InlineData("run --", "--resume", "--dry-run", "--json", "--out")]
    [InlineData("completion ", "bash", "zsh", "fish")]
    public async Task The_program_itself_says_what_may_follow(string line, params string[] expected)
    {
        var ended = await Gpulab.Run($"[suggest:{line.Length}]", line);
        Assert.True(ended.Code == 0, ended.ToString());
        var found = ended.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(expected, word => Assert.Contains(word, found));
        Assert.DoesNotContain("worker", found);
    }

    /// <summary>In a real bash, as the key would: COMP_WORDS set, the function called, COMPREPLY read.</summary>
    [Theory]
    [InlineData("gpulab|rep", "report")]
    [InlineData("./gpulab|rep", "report")]
    [InlineData("gpulab|run|--res", "--resume")]
    [InlineData("gpulab|completion|f", "fish")]
    [InlineData("gpulab|run|--dry-run|--js", "--json")]
    [InlineData("gpulab|run|swe", "sweep.yaml")]
    public async Task Bash_completes_verbs_options_values_and_files(string words, string expected)
    {
        place.Sweep();
        place.Write("gpulab", $"#!/bin/sh\nexec {string.Join(' ', Gpulab.Built.Select(Quoted))} \"$@\"\n");
        var script = place.Write("complete.bash", $$"""
            gpulab() { {{string.Join(' ', Gpulab.Built.Select(Quoted))}} "$@"; }
            chmod +x gpulab
            source <(gpulab completion bash)
            IFS='|' read -ra COMP_WORDS <<< '{{words}}'
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            _gpulab
            echo "${COMPREPLY[*]}"
            complete -p gpulab
            """);
        var ended = await Gpulab.Execute(["bash", "--norc", script], place.Folder);

        Assert.True(ended.Code == 0 && ended.Error.Length == 0, ended.ToString());
        var lines = ended.Out.Split('\n');
        Assert.Equal(expected.Split(' ').Order(), lines[0].Split(' ').Order());
        Assert.Contains("-F _gpulab gpulab", lines[1], StringComparison.Ordinal);
    }

    [ShellFact("zsh")]
    public Task Zsh_accepts_its_script() => Accepts("zsh");

    [ShellFact("fish")]
    public Task Fish_accepts_its_script() => Accepts("fish");

    public void Dispose() => place.Dispose();

    async Task Accepts(string shell)
    {
        var script = place.Write("script", (await Gpulab.Run("completion", shell)).Out);
        var ended = await Gpulab.Execute([shell, "-n", script]);
        Assert.True(ended.Code == 0 && ended.Error.Length == 0, ended.ToString());
    }

    static string Quoted(string word) => $"'{word}'";
}

/// <summary>A test that needs a shell; skipped, with the reason, where it is not installed.</summary>
sealed class ShellFactAttribute : FactAttribute
{
    public ShellFactAttribute(string shell)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!folders.Any(f => File.Exists(Path.Combine(f, shell)))) Skip = $"{shell} is not installed";
    }
}
