namespace GpuLab.Probes.Host;

/// <summary>Which file system a path lies on.</summary>
static class FileSystems
{
    /// <summary>The type of the mount with the longest matching path, such as <c>ext4</c>, <c>tmpfs</c>, <c>overlay</c>.</summary>
    public static string Of(string path)
    {
        path = Path.GetFullPath(path);
        var (best, type) = (-1, "unknown");
        foreach (var line in File.ReadLines("/proc/self/mounts"))
        {
            if (line.Split(' ') is not [_, var mount, var kind, ..] || mount.Length < best) continue;
            // Blanks in mount points are written in octal.
            mount = mount.Replace("\\040", " ", StringComparison.Ordinal);
            if (mount == "/" || path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal)) (best, type) = (mount.Length, kind);
        }
        return type;
    }
}
