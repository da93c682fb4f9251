using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using GpuLab.Control;
using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Cli;

/// <summary>What a result needs beside it to be believed later: MEASUREMENT 2.11.</summary>
static class Provenance
{
    public static string Version { get; } =
        typeof(Provenance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <param name="tags">Besides those of the sweep.</param>
    public static RunInfo Of(Sweep sweep, IDevice device, IReadOnlyList<string>? tags = null) => new(RunInfo.Current, $"gpulab {Version}", sweep.Name, sweep.Text, Hash(sweep.Text), sweep.Seed,
        device.Id.ToString(), device.Facts.Name, device.Facts.Simulated, Environment.CommandLine, DateTimeOffset.UtcNow, null, null, [.. sweep.Tags.Concat(tags ?? []).Distinct()],
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["device"] = device.Facts.Details,
            ["tool"] = Tool(),
        });

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    static Dictionary<string, string> Tool() => new()
    {
        ["version"] = Version,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["build"] = IsReadyToRun() ? "ReadyToRun" : "JIT",
        ["process"] = string.Create(CultureInfo.InvariantCulture, $"pid {Environment.ProcessId}, started {Process.GetCurrentProcess().StartTime.ToUniversalTime():O}"),
    };

    /// <summary>A published build carries native code; whether it does changes start times of workers.</summary>
    static bool IsReadyToRun() => new FileInfo(Path.Combine(AppContext.BaseDirectory, "System.Private.CoreLib.dll")).Exists;
}
