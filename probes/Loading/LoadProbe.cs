using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>A loader when prepared: before every load the weights are brought to their tier, after it they are looked at.</summary>
sealed unsafe class LoadProbe : IPreparedProbe
{
    const int Bursts = 2;

    /// <summary>A load from the page cache is quick: before each only this part of the pages is asked for, and after so many loads all have been.</summary>
    const int WarmParts = 16;

    readonly LoadFiles files;
    readonly LoadTier tier;
    readonly PinnedThread? pin;
    readonly ILoadPlace place;
    readonly LoadCheck check;
    readonly ILoader loader;
    long samples;
    string? wrong;

    LoadProbe(ProbeRequest request, bool pipelined, LoadFiles files, CudaSession? session)
    {
        (this.files, tier) = (files, Enum.Parse<LoadTier>(request.Parameters.Word("tier", "cold"), ignoreCase: true));
        var beside = LoadInfo.Beside(request.Parameters, pipelined, session is not null, files.Room);
        HostMemory.Demand(beside + (session is null ? files.Room : 0));
        try
        {
            if (request.Cpus.Count > 0) pin = new(request.Cpus[0]);
            place = session is null ? new HostPlace(files.Room, Team.For(request.Cpus)) : new GpuPlace(session.Context, files.Room, "the weights");
            check = place is GpuPlace device ? new GpuLoadCheck(files, session!, device) : new HostLoadCheck(files, ((HostPlace)place).Memory);
            loader = pipelined ? new PipelinedLoader(files, tier, place, request.Cpus, request.Parameters) : new PlainLoader(files, tier, place, request.Cpus);
            var resident = Bring();
            if (!IsRight(resident))
                throw new ProbeSkippedException(tier == LoadTier.Cold
                    ? $"{resident} of {files.Pages} pages stay in memory although the kernel was asked to drop them; weights on {files.FileSystem} cannot be loaded cold"
                    : $"only {resident} of {files.Pages} pages of the weights stay in memory");
            Ceiling = Bound(request);
            Facts = new Dictionary<string, string>(loader.Facts)
            {
                ["bytes"] = Units.BytesText(files.Bytes),
                ["files"] = files.Count.ToString(CultureInfo.InvariantCulture),
                ["file system"] = files.FileSystem,
                ["to"] = session is null ? "memory of the host" : $"memory of {session.Device.Name}",
                ["tier"] = tier switch
                {
                    LoadTier.Cold => "page cache of this machine is empty; what lies below (hypervisor, disk cache) is unknown",
                    LoadTier.Warm => "whole files in the page cache",
                    _ => "in memory before the load",
                },
                ["resident"] = string.Create(CultureInfo.InvariantCulture, $"{resident} of {files.Pages} pages before a load"),
            };
        }
        catch
        {
            loader?.Dispose();
            check?.Dispose();
            place?.Dispose();
            pin?.Dispose();
            throw;
        }
    }

    public Ceiling? Ceiling { get; }

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal ILoadPlace Place => place;

    /// <param name="session">Of the device that weights are loaded to; null for the host itself.</param>
    public static LoadProbe Prepare(ProbeRequest request, bool pipelined, CudaSession? session = null)
    {
        var files = LoadFiles.Of(request);
        try
        {
            return new(request, pipelined, files, session);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Sample(ref SampleSink sink)
    {
        var right = tier switch
        {
            LoadTier.Cold => Bring() == 0,
            LoadTier.Warm => files.IsWarm(samples++, WarmParts) || Bring() == files.Pages,
            _ => true,
        };
        check.Spoil();
        var (start, read, end) = loader.Load();
        var flags = right ? SampleFlags.None : SampleFlags.WrongState;
        sink.Add(0, start, end, 1, files.Bytes * 1e9 / (end - start), flags);
        sink.Add(1, start, end, 1, (read - start) / 1e9, flags);
        sink.Add(2, start, end, 1, (end - read) / 1e9, flags);
        if (!check.IsFresh()) wrong ??= "a part of the weights was not loaded";
    }

    public string? Verify() => wrong ?? check.Wrong();

    public void Dispose()
    {
        loader.Dispose();
        check.Dispose();
        place.Dispose();
        files.Dispose();
        pin?.Dispose();
    }

    /// <summary>Brings the weights to their tier.</summary>
    /// <returns>Pages of them that the kernel keeps in memory then.</returns>
    long Bring()
    {
        var resident = files.Resident();
        if (tier == LoadTier.Cold && resident > 0)
        {
            files.Drop();
            resident = files.Resident();
        }
        return tier == LoadTier.Warm && resident < files.Pages ? files.Warm() : resident;
    }

    bool IsRight(long resident) => tier switch
    {
        LoadTier.Cold => resident == 0,
        LoadTier.Warm => resident == files.Pages,
        _ => true,
    };

    /// <summary>What this tier allows at best. What a device is to get must be read and copied, so the slower of both bounds it.</summary>
    Ceiling Bound(ProbeRequest request)
    {
        if (tier == LoadTier.Cold && !place.IsDevice) return Read(request);
        loader.Load();
        var copied = place.Fastest();
        return tier == LoadTier.Pinned || !place.IsDevice || Read(request) is not { } read || read.Value > copied.Value ? copied : read;
    }

    /// <summary>Reads that copy nothing: in the loader's own way, and by one thread in large blocks. The faster is what the disk, or the page cache, gives.</summary>
    Ceiling Read(ProbeRequest request)
    {
        var one = new Parameters(KeyValuePair.Create("threads", ParameterValue.Count(1)), KeyValuePair.Create("chunk", ParameterValue.Bytes(8 << 20)));
        using var own = new PipelinedLoader(files, tier, place, request.Cpus, request.Parameters);
        using var sequential = new PipelinedLoader(files, tier, place, request.Cpus, one);
        double fastest = 0;
        for (var burst = 0; burst < Bursts; burst++)
        {
            foreach (var reader in (PipelinedLoader[])[own, sequential])
            {
                _ = Bring();
                var times = reader.ReadOnly();
                fastest = Math.Max(fastest, files.Bytes * 1e9 / (times.Read - times.Start));
            }
        }
        return new(fastest, $"measured: fastest of {Bursts} reads each without copying, by the loader's threads and by one thread in blocks of 8 MiB; {own.Facts.First(f => f.Key == "read").Value}");
    }
}
