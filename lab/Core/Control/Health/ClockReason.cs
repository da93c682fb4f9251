namespace GpuLab.Control.Health;

/// <summary>Why clocks are lower than they could be (nvmlClocksEventReasons).</summary>
[Flags]
public enum ClockReason : ulong
{
    None = 0,
    Idle = 0x1,
    ApplicationClocks = 0x2,

    /// <summary>The power limit.</summary>
    SwPowerCap = 0x4,

    HwSlowdown = 0x8,
    SyncBoost = 0x10,
    SwThermal = 0x20,
    HwThermal = 0x40,

    /// <summary>The board's supply asked for it.</summary>
    PowerBrake = 0x80,

    DisplayClocks = 0x100,
}
