namespace GpuLab.Tests.EndToEnd;

/// <summary>A copy of the sources, so that scripts which build do not build where the tests were built.</summary>
static class Sources
{
    static readonly string[] left = ["bin", "obj", "artifacts", "runs", ".git", "TestResults", "BenchmarkDotNet.Artifacts", "baselines"];

    public static string Root { get; } = Find();

    /// <summary>Copies folders and files of the repository, times of change included, without what was built.</summary>
    public static void Copy(string to, params IEnumerable<string> names)
    {
        Directory.CreateDirectory(to);
        foreach (var name in names)
        {
            var from = Path.Combine(Root, name);
            if (File.Exists(from)) CopyFile(from, Path.Combine(to, name));
            else Copy(new DirectoryInfo(from), Path.Combine(to, name));
        }
    }

    static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles()) CopyFile(file.FullName, Path.Combine(to, file.Name));
        foreach (var folder in from.EnumerateDirectories().Where(f => !left.Contains(f.Name))) Copy(folder, Path.Combine(to, folder.Name));
    }

    /// <summary>The runtime keeps mode and time of change.</summary>
    static void CopyFile(string from, string to)
    {
        File.Copy(from, to);
        File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(from));
    }

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "GpuLab.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests run outside the repository");
    }
}
