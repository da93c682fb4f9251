namespace GpuLab.Cli;

/// <summary>Where journals and locks of GPUs are kept.</summary>
static class StateFolder
{
    /// <summary>The machine's where it can be written to, else the user's; GPULAB_STATE names another.</summary>
    public static string Default => Environment.GetEnvironmentVariable("GPULAB_STATE") is { Length: > 0 } own ? Path.GetFullPath(own)
        : Environment.UserName == "root" ? "/var/lib/gpulab"
        : Path.Combine(Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local/state"), "gpulab");

    /// <summary>One place for all users, whatever their state folders are, or a lock would keep nobody out; GPULAB_LOCKS names another.</summary>
    public static string Locks => Environment.GetEnvironmentVariable("GPULAB_LOCKS") is { Length: > 0 } own ? Path.GetFullPath(own)
        : Directory.Exists("/run/lock") ? "/run/lock" : "/tmp";
}
