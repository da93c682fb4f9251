using System.Diagnostics;
using System.Globalization;

namespace GpuLab.Tests;

/// <summary>Libraries in C that tests load, compiled beside the tests once for each state of their sources.</summary>
static class NativeBuild
{
    /// <param name="folders">Below tests/native; all C files of the first, and what else is named.</param>
    /// <returns>Path of the library.</returns>
    public static string Of(string name, IReadOnlyList<string> folders, IReadOnlyList<string> options)
    {
        var native = Path.Combine(EndToEnd.Sources.Root, "tests/native");
        var target = Path.Combine(AppContext.BaseDirectory, name);
        var newest = folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(native, f))).Max(File.GetLastWriteTimeUtc);
        if (File.Exists(target) && File.GetLastWriteTimeUtc(target) > newest) return target;
        var draft = string.Create(CultureInfo.InvariantCulture, $"{target}.{Environment.ProcessId}");
        var start = new ProcessStartInfo("gcc") { RedirectStandardError = true };
        string[] flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden", "-o", draft];
        foreach (var argument in flags.Concat(options).Concat(Directory.EnumerateFiles(Path.Combine(native, folders[0]), "*.c"))) start.ArgumentList.Add(argument);
        using var gcc = Process.Start(start)!;
        var errors = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        Assert.True(gcc.ExitCode == 0, errors);
        File.Move(draft, target, overwrite: true);
        return target;
    }
}
