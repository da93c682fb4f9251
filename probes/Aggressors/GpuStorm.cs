using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Aggressors;

/// <summary>An aggressor on a GPU: launches of one length of a kernel of storms.cu.</summary>
/// <param name="make">Takes memory for the parameters of a cell, with a seed.</param>
sealed class GpuStorm(ProbeInfo info, Func<StormGround, Parameters, ulong, Storm> make) : IProbe
{
    public ProbeInfo Info => info;

    public static Storm Dram(StormGround ground, Parameters parameters, ulong seed) => CopyStorm.Memory(ground, Bytes(parameters, StormInfo.Dram), seed);

    public static Storm L2(StormGround ground, Parameters parameters, ulong seed) => new CacheStorm(ground, parameters["bytes"]?.Number, seed);

    public static Storm Tlb(StormGround ground, Parameters parameters, ulong seed) => new PageStorm(ground, parameters["bytes"]?.Number, parameters.Number("page", StormInfo.Page), seed);

    public static Storm Up(StormGround ground, Parameters parameters, ulong seed) => CopyStorm.Up(ground, Bytes(parameters, StormInfo.Up), seed);

    public static Storm Down(StormGround ground, Parameters parameters, ulong seed) => CopyStorm.Down(ground, Bytes(parameters, StormInfo.Down), seed);

    public static Storm Link(StormGround ground, Parameters parameters, ulong seed) => CopyStorm.Both(ground, Bytes(parameters, StormInfo.Link), seed);

    public static Storm Sm(StormGround ground, Parameters parameters, ulong seed) => new ChainStorm(ground, seed);

    public static Storm Power(StormGround ground, Parameters parameters, ulong seed) => new ProductStorm(ground, seed);

    public static Storm Fence(StormGround ground, Parameters parameters, ulong seed) => new FenceStorm(ground, seed);

    static long Bytes(Parameters parameters, ProbeInfo info) => (long)parameters.Number("bytes", info.Parameters[0].Default!.Value.Number);

    public IPreparedProbe Prepare(ProbeRequest request) => new StormProbe(CudaSession.Current, ground => make(ground, request.Parameters, request.Seed));
}

/// <summary>An aggressor when prepared. Its blocks count what they did in memory that the host sees, so that reading it takes nothing of the device.</summary>
sealed unsafe class StormProbe : TimedProbe
{
    /// <summary>Launches that are queued at most, and two more.</summary>
    const int Slots = 4;

    /// <summary>Nanoseconds after which a launch that has not come over all of its memory is given up.</summary>
    const uint Patience = 2_000_000_000;

    /// <summary>What a block's word holds until the block has ended.</summary>
    const uint Never = uint.MaxValue;

    readonly Storm storm;
    readonly PinnedMemory work;
    readonly CUdeviceptr workOnDevice;
    uint run;
    long queued, collected;
    string? wrong;

    public StormProbe(CudaSession session, Func<StormGround, Storm> make)
        : base(session)
    {
        try
        {
            storm = make(Own(new StormGround(session, Stream)));
            work = Own(new PinnedMemory(session.Context, (long)Slots * storm.Grid.Blocks * sizeof(uint)));
            workOnDevice = work.OnDevice;
            Cover();
            if (storm.Wrong(Last) is { } found) throw new InvalidOperationException($"{storm.Kernel.Name} is wrong: {found}");
            Cover();
            run = (uint)Least();
            Queue();
            Stream.Synchronize();
            collected = queued;
            Facts = Chosen();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override Ceiling? Ceiling => storm.Ceiling;

    public override IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal Storm Storm => storm;

    /// <summary>Of all blocks a portion each; what a launch did is known only after it.</summary>
    protected override double Work => storm.WorkOfPortion * storm.Grid.Blocks;

    protected override SampleFlags Flags => storm.Flags;

    /// <summary>Portions of the last launch.</summary>
    internal ReadOnlySpan<uint> Last => Portions(queued - 1);

    public override string? Verify()
    {
        Stream.Synchronize();
        return wrong ?? storm.Wrong(Last);
    }

    protected override void Queue()
    {
        Portions(queued).Fill(Never);
        storm.Launch(run, (workOnDevice + (queued % Slots * storm.Grid.Blocks * sizeof(uint))).Address);
        queued++;
    }

    protected override void Add(ref SampleSink sink, long start, double nanoseconds)
    {
        var portions = 0L;
        foreach (var of in Portions(collected++))
        {
            if (of == Never) wrong ??= "a block did not say what it did";
            portions += of;
        }
        sink.Add(0, start, start + (long)nanoseconds, 1, portions * storm.WorkOfPortion * 1e9 / nanoseconds, Flags);
    }

    Span<uint> Portions(long launch) => new((uint*)work.Start + launch % Slots * storm.Grid.Blocks, storm.Grid.Blocks);

    /// <summary>Launches once for as long as it takes to leave nothing as it was.</summary>
    void Cover()
    {
        for (run = (uint)Least(); ; run *= 2)
        {
            if (run > Patience) throw new ProbeSkippedException($"{storm.Kernel.Name} did not come over all of its memory in {Patience / 1e9:0} s: choose fewer bytes");
            storm.Poison();
            Queue();
            Stream.Synchronize();
            if (storm.Covers(Last)) return;
        }
    }

    Dictionary<string, string> Chosen()
    {
        var facts = TimingFacts();
        facts["kernel"] = string.Create(CultureInfo.InvariantCulture, $"{storm.Kernel.Name}, {storm.Grid}");
        facts["launch"] = string.Create(CultureInfo.InvariantCulture, $"{run / 1e3:0.#} µs, of some {Portions(queued - 1)[0]} portions a block");
        storm.Describe(facts);
        return facts;
    }
}
