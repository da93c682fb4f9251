using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Memory of the host, touched first by the slice's threads, which also copy.</summary>
sealed unsafe class HostPlace : ILoadPlace
{
    readonly HostBlock block;
    readonly long room;
    readonly CopyPart copy;

    public HostPlace(long room, Team team)
    {
        (this.room, Team) = (room, team);
        block = HostMemory.Rent(room, team.Cpus, "weights");
        copy = new(block.Start, room, team.Count);
        team.Run(new Touch(block.Start, room, team.Count));
    }

    public byte* Memory => block.Start;

    public Team Team { get; }

    public int Copiers => Team.Count;

    public int Depth => 1;

    public bool IsDevice => false;

    public string Copying => $"{Copiers} threads";

    public PinnedMemory Pin(long bytes) => new(bytes);

    public void Enter()
    {
    }

    public void Start(int slot, byte* from, long to, long length) => Place(from, block.Start + to, length);

    public void Finish(int slot)
    {
    }

    public void CopyAll(byte* from)
    {
        copy.From = from;
        Team.Run(copy);
    }

    /// <summary>Copies one half over the other; filled before, since of zeros machines copy more.</summary>
    public Ceiling Fastest()
    {
        var half = room / 2 / LoadFiles.Page * LoadFiles.Page;
        return StorageCeilings.Copy(Team, block.Start, block.Start + half, half);
    }

    public void Dispose() => block.Dispose();

    /// <summary>Copies from one page to another, past the caches: nobody reads the weights soon.</summary>
    public static void Place(byte* from, byte* to, long length)
    {
        var whole = length / LoadFiles.Page * LoadFiles.Page;
        StreamKernels.Copy256Streaming((double*)to, (double*)from, (nuint)(whole / sizeof(double)));
        Buffer.MemoryCopy(from + whole, to + whole, length - whole, length - whole);
    }

    /// <summary>Each thread copies its part, in whole pages.</summary>
    sealed class CopyPart(byte* to, long length, int threads) : TeamWork
    {
        public byte* From { get; set; }

        public override void Run(int thread)
        {
            var pages = length / LoadFiles.Page;
            var (first, end) = (pages * thread / threads * LoadFiles.Page, pages * (thread + 1) / threads * LoadFiles.Page);
            Place(From + first, to + first, end - first);
        }
    }

    /// <summary>The first touch places pages where the threads run.</summary>
    sealed class Touch(byte* start, long length, int threads) : TeamWork
    {
        public override void Run(int thread)
        {
            for (var page = length / LoadFiles.Page * thread / threads; page < length / LoadFiles.Page * (thread + 1) / threads; page++) start[page * LoadFiles.Page] = 0;
        }
    }
}
