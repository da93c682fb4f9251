using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>
/// Reading a file when prepared: written once a trial with random data, and before every timed read brought into the state the cell asks for.
/// </summary>
sealed unsafe class FileProbe : IPreparedProbe
{
    const int ColdBursts = 2;

    readonly Team team;
    readonly HostBlock block;
    readonly PinnedThread pin;
    readonly PageCache? cache;
    readonly FileWork work;
    readonly long bytes;
    readonly bool cold;
    readonly byte* data;
    readonly string path;
    string? wrong;

    FileProbe(ProbeRequest request, long bytes)
    {
        this.bytes = bytes;
        cold = request.Parameters.Word("cache", "warm") == "cold";
        var size = (long)request.Parameters.Number("block", 1 << 20) / 4096 * 4096;
        team = Team.For(request.Cpus);
        pin = new(request.Cpus[0]);
        path = Path.Combine(request.Scratch, $"load-{Guid.NewGuid():N}.bin");
        // First half: where the file is read to. Second half: what it must be, kept for later trials.
        var content = string.Create(CultureInfo.InvariantCulture, $"file {bytes}");
        block = HostMemory.Rent(2 * bytes, request.Cpus, content);
        data = block.Start + bytes;
        try
        {
            if (block.Content != content)
            {
                for (var page = 0L; page < bytes / 4096; page++) StreamData.Fill((double*)(data + page * 4096), request.Seed, page);
                block.Content = content;
            }
            Write();
            cache = new(path, bytes);
            work = new(team.Count, block.Start, bytes, Math.Max(4096, size)) { Descriptor = cache.Descriptor };
            var type = FileSystems.Of(path);
            Ready();
            var resident = cache.Resident();
            if (resident != (cold ? 0 : cache.Pages))
                throw new ProbeSkippedException(cold
                    ? $"{resident} of {cache.Pages} pages stay in memory although the kernel was asked to drop them; a file on {type} cannot be read cold"
                    : $"only {resident} of {cache.Pages} pages of the file stay in memory");
            Ceiling = cold ? Direct() : StorageCeilings.Copy(team, data, block.Start, bytes);
            // Last, so that neither a copy nor an earlier trial can pass for what the samples read.
            for (var page = 0L; page < bytes / 4096; page++) new Span<double>(block.Start + page * 4096, StreamWork.Page).Fill(StreamData.Poison);
            Facts = new Dictionary<string, string>
            {
                ["bytes"] = Units.BytesText(bytes),
                ["block"] = Units.BytesText(Math.Max(4096, size)),
                ["threads"] = team.Count.ToString(CultureInfo.InvariantCulture),
                ["file system"] = type,
                ["resident"] = string.Create(CultureInfo.InvariantCulture, $"{resident} of {cache.Pages} pages before a read"),
                ["cache"] = cold ? "page cache of this machine is empty; what lies below (hypervisor, disk cache) is unknown" : "whole file in the page cache",
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Ceiling? Ceiling { get; }

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal byte* Memory => block.Start;

    public static FileProbe Prepare(ProbeRequest request)
    {
        if (!Directory.Exists(request.Scratch)) throw new ProbeSkippedException($"there is no folder '{request.Scratch}' to write the file to");
        var bytes = (long)request.Parameters.Number("bytes", 64 << 20) / 4096 * 4096;
        HostMemory.Demand(3 * bytes);
        var free = new DriveInfo(request.Scratch).AvailableFreeSpace;
        if (free < bytes + (64 << 20)) throw new ProbeSkippedException($"the folder for the file has {Pretty.Bytes(free)} free, and {Pretty.Bytes(bytes)} are needed");
        return new(request, bytes);
    }

    public void Sample(ref SampleSink sink)
    {
        Ready();
        var right = cache!.Resident() == (cold ? 0 : cache.Pages);
        var start = Monotonic.Now;
        team.Run(work);
        var end = Monotonic.Now;
        sink.Add(0, start, end, 1, bytes * 1e9 / (end - start), right ? SampleFlags.None : SampleFlags.WrongState);
        if (work.Failed) wrong = "a read failed or ended before the end of the file";
    }

    /// <summary>Compares what the last sample read with what the file holds.</summary>
    public string? Verify()
    {
        if (wrong is not null) return wrong;
        for (var page = 0L; page < bytes / 4096; page++)
        {
            if (!new ReadOnlySpan<byte>(block.Start + page * 4096, 4096).SequenceEqual(new(data + page * 4096, 4096)))
                return string.Create(CultureInfo.InvariantCulture, $"page {page} of the file was read wrong");
        }
        return null;
    }

    public void Dispose()
    {
        cache?.Dispose();
        block.Dispose();
        pin.Dispose();
        if (File.Exists(path)) File.Delete(path);
    }

    void Write()
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        for (long at = 0; at < bytes; at += 1 << 24) file.Write(new ReadOnlySpan<byte>(data + at, (int)Math.Min(1 << 24, bytes - at)));
        // Only pages that are on the disk can be dropped.
        if (cold) file.Flush(flushToDisk: true);
    }

    void Ready()
    {
        if (cold) cache!.Drop();
    }

    /// <summary>What the layer below the page cache gives without it; null where the file system refuses.</summary>
    Ceiling? Direct()
    {
        var descriptor = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC | Libc.O_DIRECT);
        if (descriptor < 0) return null;
        try
        {
            work.Descriptor = descriptor;
            double fastest = 0;
            for (var burst = 0; burst < ColdBursts; burst++)
            {
                var start = Monotonic.Now;
                team.Run(work);
                if (work.Failed) return null;
                fastest = Math.Max(fastest, bytes * 1e9 / (Monotonic.Now - start));
            }
            return new(fastest, $"measured: faster of {ColdBursts} sequential reads past the page cache (O_DIRECT), same blocks and threads");
        }
        finally
        {
            work.Descriptor = cache!.Descriptor;
            _ = Libc.close(descriptor);
        }
    }
}
