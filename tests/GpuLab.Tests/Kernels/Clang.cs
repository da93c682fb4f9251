using System.Diagnostics;

namespace GpuLab.Tests.Kernels;

/// <summary>The compiler that makes the PTX. Tests do without; what it would prove is then named as left out.</summary>
static class Clang
{
    public static string? Missing { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(f => File.Exists(Path.Combine(f, "clang-19"))) ? null
        : "clang-19 is not installed, so the PTX that ships is compared with its sources by hash alone";

    public static (int Exit, string Errors) RunScript(params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(EndToEnd.Sources.Root, "scripts/kernels"), arguments) { RedirectStandardError = true })!;
        var errors = script.StandardError.ReadToEnd();
        script.WaitForExit();
        return (script.ExitCode, errors);
    }
}

/// <summary>A test that compiles kernels to PTX.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class ClangFactAttribute : FactAttribute
{
    public ClangFactAttribute() => Skip = Clang.Missing;
}
