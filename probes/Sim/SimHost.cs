namespace GpuLab.Probes.Sim;

/// <summary>
/// The machine around a simulated GPU: what no specification of a GPU knows, declared. It is made after the one for which ServerlessLLM published
/// loads (H100 SXM, NVMe drives that read 29.4 GB/s together: a model of 65.5 GB in 3.23 s from disk and in 20.0 s by one thread of safetensors). What
/// was not published is assumed and said to be so here. All slices share it.
/// </summary>
static class SimHost
{
    /// <summary>For the facts of predictions.</summary>
    public const string Source = "a declared machine: storage of 22 GB/s, 10 GB/s a copying thread";

    /// <summary>Threads of a slice where a probe does not say how many. Assumed.</summary>
    public const int Threads = 4;

    /// <summary>Bytes a second of all readers past the page cache: three quarters of the line rate, between the 69 % and the 82 % published for a large and a small model.</summary>
    public const double Disk = 0.75 * 29.4e9;

    /// <summary>Seconds from the start of a process to its first instruction, as .NET starts.</summary>
    public const double Process = 0.08;

    /// <summary>Seconds until a context is there, and until a driver has loaded kernels out of its cache. Assumed.</summary>
    public const double Context = 0.2, Module = 0.03;

    /// <summary>Seconds to open a checkpoint and read its headers. Assumed.</summary>
    public const double Open = 0.002;

    /// <summary>Bytes a second of touching and registering memory for a device. Assumed.</summary>
    public const double Pinning = 4e9;

    /// <summary>Copying from and to memory that the driver must stage: bound by one core. Assumed.</summary>
    public const double Staging = 9e9;

    /// <summary>One thread past the page cache, and one through it from disk: with <see cref="Staging"/> the latter gives the published 3.3 GB/s. The first is assumed.</summary>
    const double DirectThread = 7e9, ColdThread = 5.2e9;

    /// <summary>One core copying within memory, and all of them together. Assumed.</summary>
    const double CopyThread = 10e9, Copies = 150e9;

    /// <summary>Bytes a second out of the page cache, or past it.</summary>
    /// <param name="load">What it takes of the machine for each byte a second.</param>
    public static double Read(SimReads how, int threads, out Func<double, SimLoad> load)
    {
        load = how == SimReads.Cached ? rate => new(Host: rate / Copies) : rate => new(Disk: rate / Disk);
        return how switch
        {
            SimReads.Cached => Math.Min(Copies, threads * CopyThread),
            SimReads.Direct => Math.Min(Disk, threads * DirectThread),
            _ => Math.Min(Disk, threads * ColdThread),
        };
    }
}

/// <summary>Where bytes come from: past the page cache, through it from disk, or out of it.</summary>
enum SimReads { Direct, Cold, Cached }
