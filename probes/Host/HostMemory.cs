using System.Globalization;
using System.Runtime.InteropServices;

namespace GpuLab.Probes.Host;

/// <summary>
/// Memory of the probes: anonymous, aligned to 2 MiB, advised to use huge pages. Blocks go back to a pool and are handed out again
/// to later trials of this worker, so page faults are paid once; what a block holds survives and is named by <see cref="HostBlock.Content"/>.
/// </summary>
static unsafe class HostMemory
{
    public const long HugePage = 2 << 20;
    static readonly Lock Gate = new();
    /// <summary>Least recently used first.</summary>
    static readonly List<HostBlock> Free = [];
    static long mapped;
    static long? share;

    /// <summary>Bytes that the pool holds and nobody uses.</summary>
    public static long Pooled
    {
        get
        {
            lock (Gate) return Free.Sum(b => b.Length);
        }
    }

    /// <summary>A block of at least that size, preferring one that holds <paramref name="content"/> already.</summary>
    /// <param name="cpus">Threads of these processors have touched or will touch it first; blocks are reused for the same ones only.</param>
    public static HostBlock Rent(long bytes, IReadOnlyList<int> cpus, string content)
    {
        lock (Gate)
        {
            var fitting = Free.Where(b => b.Length >= bytes && b.Cpus.SequenceEqual(cpus)).OrderBy(b => b.Length).ToList();
            var found = fitting.Find(b => b.Content == content);
            // Other cells will want their contents back: take a new block as long as there is room for it.
            if (found is null && mapped + bytes > Share(cpus.Count)) found = fitting.FirstOrDefault();
            if (found is not null)
            {
                Free.Remove(found);
                return found;
            }
            while (Free.Count > 0 && mapped + bytes > Share(cpus.Count))
            {
                Free[0].Unmap();
                mapped -= Free[0].Length;
                Free.RemoveAt(0);
            }
            var block = new HostBlock(Rounded(bytes), [.. cpus]);
            mapped += block.Length;
            return block;
        }
    }

    /// <summary>What a worker may keep: its processors' part of half of the memory, all of that where it has none of its own.</summary>
    static long Share(int threads) => share ??= MemoryRoom.Available() / 2 * (threads == 0 ? Environment.ProcessorCount : threads) / Math.Max(threads, Environment.ProcessorCount);

    public static void Return(HostBlock block)
    {
        lock (Gate) Free.Add(block);
    }

    /// <summary>Throws when the cell would use more than half of the memory that is available to this process.</summary>
    /// <exception cref="Running.ProbeSkippedException">It would.</exception>
    public static void Demand(long bytes)
    {
        var available = MemoryRoom.Available() + Pooled;
        if (bytes > available / 2)
            throw new Running.ProbeSkippedException($"needs {Model.Pretty.Bytes(bytes)}, more than half of the {Model.Pretty.Bytes(available)} of memory that is available");
    }

    static long Rounded(long bytes) => (bytes + HugePage - 1) / HugePage * HugePage;

    /// <summary>Bytes of a range that huge pages back, from AnonHugePages in /proc/self/smaps.</summary>
    public static long HugeBytes(nint start, long length)
    {
        long found = 0, overlap = 0;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Length > 0 && char.IsAsciiHexDigitLower(line[0]) && line.IndexOf('-', StringComparison.Ordinal) is > 0 and < 20)
            {
                var range = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-');
                var low = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                var high = long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                overlap = Math.Min(high, start + length) - Math.Max(low, start);
            }
            else if (overlap > 0 && line.StartsWith("AnonHugePages:", StringComparison.Ordinal))
            {
                found += Math.Min(overlap, 1024 * long.Parse(line.AsSpan(14, line.Length - 17), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture));
            }
        }
        return found;
    }
}

/// <summary>One piece of memory. Whoever rented it gives it back by disposing.</summary>
sealed unsafe class HostBlock : IDisposable
{
    readonly nint mapped;
    readonly long mappedLength;
    (long Touched, string Text)? pages;

    internal HostBlock(long length, int[] cpus)
    {
        (Length, Cpus, mappedLength) = (length, cpus, length + HostMemory.HugePage);
        mapped = (nint)Libc.mmap(null, (nuint)mappedLength, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (mapped == -1) throw new Running.ProbeSkippedException($"{Model.Pretty.Bytes(length)} of memory could not be mapped (error {Marshal.GetLastPInvokeError()})");
        Start = (byte*)((mapped + HostMemory.HugePage - 1) / HostMemory.HugePage * (nint)HostMemory.HugePage);
        // Refused by kernels without transparent huge pages; then Pages says so.
        _ = Libc.madvise(Start, (nuint)length, Libc.MADV_HUGEPAGE);
    }

    public byte* Start { get; }

    public long Length { get; }

    public IReadOnlyList<int> Cpus { get; }

    /// <summary>What lies in it, so that the same cell prepared again need not write it again; empty when unknown.</summary>
    public string Content { get; set; } = "";

    /// <summary>What <see cref="Content"/> needs beside the bytes.</summary>
    public object? Companion { get; set; }

    /// <summary>The size of the pages it was really given. Asked for once, after the first touch.</summary>
    public string Pages(long touched)
    {
        if (pages?.Touched == touched) return pages.Value.Text;
        var huge = HostMemory.HugeBytes((nint)Start, touched);
        // A working set below one huge page lies in one all the same.
        var whole = (touched + HostMemory.HugePage - 1) / HostMemory.HugePage;
        var given = (huge + HostMemory.HugePage - 1) / HostMemory.HugePage;
        var text = given >= whole ? "2 MiB" : given == 0 ? "4 KiB" : $"4 KiB, {Model.Pretty.Percent((double)given / whole)} in 2 MiB";
        pages = (touched, text);
        return text;
    }

    public void Dispose() => HostMemory.Return(this);

    internal void Unmap() => _ = Libc.munmap((void*)mapped, (nuint)mappedLength);
}
