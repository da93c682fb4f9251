namespace GpuLab.Probes.Host;

/// <summary>The chains of every thread, each thread's on lines of its own.</summary>
sealed unsafe class ComputeWork(int threads, ulong seed) : TeamWork
{
    const int Stride = FmaVariant.StateBytes + 256;

    /// <summary>Pinned and reached through an aligned address, so that vectors of 64 bytes never straddle lines.</summary>
    readonly byte[] memory = GC.AllocateUninitializedArray<byte>(threads * Stride + 64, pinned: true);

    public FmaVariant Variant { get; set; } = null!;

    public long Steps { get; set; }

    public double Flop => Variant.FlopPerStep * Steps * threads;

    /// <summary>Sets every chain to where it begins, so that all samples compute the same.</summary>
    public void Start()
    {
        for (var thread = 0; thread < threads; thread++) Variant.Start(State(thread), seed);
    }

    public override void Run(int thread) => Variant.Run(State(thread), Steps);

    public double Result(int thread, int lane) => Variant.Result(State(thread), lane);

    internal byte* State(int thread)
    {
        fixed (byte* at = memory) return (byte*)((nint)at + 63 & ~63) + thread * Stride;
    }
}
