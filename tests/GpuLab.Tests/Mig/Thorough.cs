using System.Globalization;

namespace GpuLab.Tests.Mig;

/// <summary>How much of what takes long is tried: as much as fits with every change here, all of it by scripts/mig-kill-test.</summary>
static class Thorough
{
    /// <summary>Processes to kill; GPULAB_KILLS asks for more.</summary>
    public static int Kills => int.TryParse(Environment.GetEnvironmentVariable("GPULAB_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 50;

    public static bool Wanted => Kills > 50;
}
