using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Aggressors;

/// <summary>Launches and nothing else: the queue of the device is never empty, and each kernel has a block for each SM.</summary>
sealed class LaunchStorm(ProbeInfo info) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request) => new LaunchStormProbe(CudaSession.Current);
}

/// <summary>The storm of launches when prepared.</summary>
sealed class LaunchStormProbe : TimedProbe
{
    const int Threads = 32;

    readonly CudaKernel kernel;
    readonly int blocks;

    public LaunchStormProbe(CudaSession session)
        : base(session)
    {
        try
        {
            kernel = session.Kernels["gl_null"];
            blocks = session.Device.Sms;
            Calibrate();
            var facts = TimingFacts();
            facts["kernel"] = string.Create(CultureInfo.InvariantCulture, $"{kernel.Name}, {blocks} blocks of {Threads} threads");
            Facts = facts;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override IReadOnlyDictionary<string, string> Facts { get; }

    protected override double Work => 1;

    /// <summary>An empty kernel leaves nothing behind; that all came to their end is what synchronizing says.</summary>
    public override string? Verify()
    {
        Stream.Synchronize();
        return null;
    }

    protected override void Queue() => kernel.Launch(Stream, blocks, Threads, 0);
}
