using System.CommandLine;
using GpuLab.Control.Health;
using GpuLab.Control.Host;
using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using GpuLab.Probes.Cuda;
using GpuLab.Statistics;

namespace GpuLab.Cli.Verbs;

static class DoctorVerb
{
    public static Command Create()
    {
        var json = Options.Json();
        var verb = new Command("doctor", """
            Looks for what makes figures low or wrong on this machine, and says what to do about it. Changes nothing; works without a GPU.

            Examples:
              gpulab doctor
              gpulab doctor --json

            Exit codes: 0 looked, 4 something makes figures invalid.
            """) { json };
        verb.SetAction(int (parse) =>
        {
            var found = Look();
            if (parse.GetValue(json)) DoctorView.PrintJson(found);
            else DoctorView.Print(found);
            return found.Findings.Any(f => f.Severity == Severity.Invalid) ? CommandLine.Invalid : CommandLine.Done;
        });
        return verb;
    }

    static Diagnosis Look()
    {
        var (gpus, nvml) = Gpus();
        var libraries = new Dictionary<string, string?> { ["libnvidia-ml.so.1"] = nvml, ["libcuda.so.1"] = CudaDriver.Obstacle };
        var machine = MachineHealth.Read("/", HostDevice.Open(), libraries, nvml is null ? NvmlDriver.Version : null);
        var tree = new HostTree("/");
        var findings = MachineChecks.Of(machine, gpus.Count).Concat(gpus.SelectMany(g => GpuChecks.Of(g, GpuPlace.Read(tree, g.Pci ?? ""), machine)));
        return new(machine, gpus, [.. findings.OrderByDescending(f => f.Severity)]);
    }

    /// <summary>The GPUs, or why they cannot be asked.</summary>
    static (IReadOnlyList<GpuHealth> Gpus, string? Obstacle) Gpus()
    {
        if (!NvmlDriver.IsPresent) return ([], "libnvidia-ml.so.1 was not found, so there is no NVIDIA driver");
        try
        {
            return ([.. Cli.Gpus.All.Select(id => GpuHealth.Read(id.ToString(), new(NvmlDriver.Find(id))))], null);
        }
        catch (NvmlException broken)
        {
            return ([], broken.Message);
        }
    }
}

/// <summary>What was looked at, and what was found; the worst first.</summary>
sealed record Diagnosis(MachineHealth Machine, IReadOnlyList<GpuHealth> Gpus, IReadOnlyList<Finding> Findings);
