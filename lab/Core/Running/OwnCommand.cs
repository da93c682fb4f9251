namespace GpuLab.Running;

/// <summary>How this program starts itself again.</summary>
public static class OwnCommand
{
    /// <summary>The executable, or the host and the library where the program runs as <c>dotnet gpulab.dll</c>.</summary>
    public static IReadOnlyList<string> Arguments
    {
        get
        {
            var program = Environment.ProcessPath!;
            return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Path.Combine(AppContext.BaseDirectory, "gpulab.dll")] : [program];
        }
    }
}
