using System.Globalization;

namespace GpuLab.Control.Mig;

/// <summary>A process that uses a GPU or one of its instances.</summary>
/// <param name="GpuInstance">Null where it holds the GPU itself, or the driver does not say.</param>
public readonly record struct MigHolder(int Pid, int? GpuInstance = null, int? ComputeInstance = null)
{
    /// <summary>With its name and user where they can be read: <c>python3 (pid 4242, user alice)</c>.</summary>
    public string Describe(string root = "/")
    {
        var name = Read($"{root}proc/{Pid}/comm")?.Trim() ?? "a process of another user or container";
        return string.Create(CultureInfo.InvariantCulture, $"{name} (pid {Pid}{(User(root) is { } user ? $", user {user}" : "")})");
    }

    string? User(string root)
    {
        var id = Read($"{root}proc/{Pid}/status")?.Split('\n').FirstOrDefault(l => l.StartsWith("Uid:", StringComparison.Ordinal))?.Split('\t') is [_, var uid, ..] ? uid : null;
        if (id is null) return null;
        var entry = Read($"{root}etc/passwd")?.Split('\n').Select(l => l.Split(':')).FirstOrDefault(f => f is [_, _, var u, ..] && u == id);
        return entry?[0] ?? id;
    }

    static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
