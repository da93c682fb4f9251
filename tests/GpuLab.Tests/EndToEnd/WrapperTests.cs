namespace GpuLab.Tests.EndToEnd;

/// <summary>scripts/gpulab in a copy of the sources, with a dotnet that only notes that it was called and leaves a program.</summary>
[Collection(Outside.Name)]
public sealed class WrapperTests : IDisposable
{
    readonly Workplace place = new();
    readonly string script;

    public WrapperTests()
    {
        Sources.Copy(place.At("clone"), "lab", "probes", "reports", "scripts", "Directory.Build.props", "Directory.Packages.props", "global.json");
        script = place.At("clone/scripts/gpulab");
        Directory.CreateDirectory(place.At("tools"));
        Executable("tools/dotnet", """
            #!/bin/bash
            echo "$*" >>"${0%/*}/calls"
            if [ -e "${0%/*}/broken" ]; then echo "Program.cs(3,1): error CS1002"; exit 1; fi
            sleep 0.3
            while [ "$1" != -o ]; do shift; done
            mkdir -p "$2"
            printf '#!/bin/bash\nprintf "%%s|" "$@"; exit 7\n' >"$2/gpulab"
            chmod +x "$2/gpulab"
            """);
    }

    int Builds => File.Exists(place.At("tools/calls")) ? File.ReadAllLines(place.At("tools/calls")).Length : 0;

    [Fact]
    public async Task It_builds_once_and_again_only_when_a_source_has_changed()
    {
        var first = await Run("run", "a b.yaml");
        Assert.Equal((7, "run|a b.yaml|"), (first.Code, first.Out));
        Assert.Contains("gpulab: building", first.Error, StringComparison.Ordinal);
        var second = await Run("devices");
        Assert.Equal((7, "devices|", ""), (second.Code, second.Out, second.Error));
        Assert.Equal(1, Builds);

        foreach (var changed in new[] { "lab/Cli/Program.cs", "probes/Catalogue.cs", "reports/Escaping.cs", "Directory.Packages.props" })
        {
            var before = Builds;
            File.SetLastWriteTimeUtc(place.At($"clone/{changed}"), DateTime.UtcNow);
            await Run();
            await Run();
            Assert.Equal(before + 1, Builds);
        }
    }

    [Fact]
    public async Task What_is_built_or_measured_is_no_source()
    {
        await Run();
        foreach (var folder in new[] { "lab/Cli/obj", "lab/Cli/bin", "artifacts", "runs/x" })
        {
            Directory.CreateDirectory(place.At($"clone/{folder}"));
            await File.WriteAllTextAsync(place.At($"clone/{folder}/new.json"), "{}");
        }
        await Run();
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task A_source_that_is_gone_makes_it_build_again()
    {
        await Run();
        File.Delete(place.At("clone/probes/Catalogue.cs"));
        await Run();
        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task Several_at_once_build_once()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Run("x")));
        Assert.All(all, e => Assert.Equal((7, "x|"), (e.Code, e.Out)));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task A_build_that_fails_shows_why_and_is_tried_again()
    {
        await File.WriteAllTextAsync(place.At("tools/broken"), "");
        var failed = await Run();
        Assert.Equal((1, ""), (failed.Code, failed.Out));
        Assert.Contains("error CS1002", failed.Error, StringComparison.Ordinal);
        File.Delete(place.At("tools/broken"));
        Assert.Equal(7, (await Run()).Code);
    }

    [Fact]
    public async Task Without_the_sdk_it_says_what_is_missing()
    {
        File.Delete(place.At("tools/dotnet"));
        foreach (var tool in new[] { "bash", "find", "dirname", "readlink" }) File.CreateSymbolicLink(place.At($"tools/{tool}"), Which(tool));
        var ended = await Gpulab.Execute([script], environment: new Dictionary<string, string?> { ["PATH"] = place.At("tools") });
        Assert.Equal(1, ended.Code);
        Assert.Contains("the .NET 10 SDK is not on the PATH", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_works_from_any_folder_and_through_a_link()
    {
        File.CreateSymbolicLink(place.At("tools/lab"), script);
        var ended = await Gpulab.Execute([place.At("tools/lab"), "x"], "/", Tools());
        Assert.Equal((7, "x|"), (ended.Code, ended.Out));
    }

    public void Dispose() => place.Dispose();

    Task<Ended> Run(params string[] arguments) => Gpulab.Execute([script, .. arguments], environment: Tools());

    Dictionary<string, string?> Tools() => new() { ["PATH"] = $"{place.At("tools")}:{Environment.GetEnvironmentVariable("PATH")}" };

    void Executable(string name, string text) => Assert.Equal(0, Gpulab.chmod(place.Write(name, text), 0x1ED));

    static string Which(string tool) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(f => Path.Combine(f, tool)).First(File.Exists);
}
