namespace GpuLab.Control.Mig;

/// <summary>Tells one start of the machine from the next: MIG instances do not survive it, and since Hopper neither does MIG mode.</summary>
static class BootId
{
    public static string Current { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
