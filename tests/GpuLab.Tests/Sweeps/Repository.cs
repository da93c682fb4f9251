namespace GpuLab.Tests.Sweeps;

/// <summary>Files of the repository that the tests run in.</summary>
static class Repository
{
    public static string Text(string path) => File.ReadAllText(Path.Combine(Root(), path));

    public static string Folder(string path) => Path.Combine(Root(), path);

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "GpuLab.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests run outside the repository");
    }
}
