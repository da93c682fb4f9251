using GpuLab.Control;
using GpuLab.Probes.Aggressors;
using GpuLab.Probes.Commands;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Host;
using GpuLab.Probes.Latency;
using GpuLab.Probes.Launch;
using GpuLab.Probes.Link;
using GpuLab.Probes.Llm;
using GpuLab.Probes.Llm.Pipeline;
using GpuLab.Probes.Loading;
using GpuLab.Probes.Memory;
using GpuLab.Probes.Sim.Models;
using GpuLab.Probes.Trace;
using GpuLab.Probes.Train;

namespace GpuLab.Probes.Sim;

/// <summary>Every probe that the simulator can predict.</summary>
static class SimModels
{
    public static readonly IReadOnlyList<ISimModel> All =
    [
        new MemoryModel(new MemRead().Info, 1, 1, t => t.Read),
        new MemoryModel(new MemWrite().Info, 1, 1, t => t.Write),
        new MemoryModel(new MemCopy().Info, 2, 2, t => t.Copy),
        new MemoryModel(new MemTriad().Info, 3, 3, t => t.Triad),
        new MemoryModel(new MemCurve().Info, 1, 1, t => t.Copy, overhead: 0),
        new ReadShapeModel(MemoryInfo.Stride),
        new ReadShapeModel(MemoryInfo.Saturation),
        new ChaseModel(new LatChase().Info),
        new PageChaseModel(LatencyInfo.Tlb),
        new LinkModel(LinkInfo.ToDevice, up: true, down: false),
        new LinkModel(LinkInfo.ToHost, up: false, down: true),
        new LinkModel(LinkInfo.Both, up: true, down: true),
        new FileModel(new LoadFile().Info),
        new LoadModel(new LoadPlain().Info, pipelined: false),
        new LoadModel(new LoadPipelined().Info, pipelined: true),
        new StartModel(new LoadStart().Info),
        new LinkLatencyModel(LinkInfo.Latency),
        new NvbandwidthModel(LinkInfo.Nvbandwidth),
        new ComputeModel(ComputeInfo.Fp64, "fp64", tensor: false),
        new ComputeModel(ComputeInfo.Fp32, "fp32", tensor: false),
        new ComputeModel(ComputeInfo.Int32, "int32", tensor: false),
        new ComputeModel(ComputeInfo.Tf32, "tf32", tensor: true),
        new ComputeModel(ComputeInfo.Bf16, "bf16", tensor: true),
        new ComputeModel(ComputeInfo.Fp16, "fp16", tensor: true),
        new ComputeModel(ComputeInfo.Fp8, "fp8", tensor: true),
        new ComputeModel(ComputeInfo.Int8, "int8", tensor: true),
        new GemmModel(ComputeInfo.Gemm),
        new FixedModel(LaunchInfo.Api, 0, 2.0e-6, null, 100, 0.02),
        new FixedModel(LaunchInfo.Rate, 0, 2.5e-6, null, 1000, 0.005),
        new FixedModel(new LaunchSync().Info, 0, 6.5e-6, null, 32, 0.03),
        new FixedModel(LaunchInfo.Graph, 4e-6, 1.3e-6, "nodes", 8, 0.005),
        new TraceModel(TraceInfo.Blocks),
        new MemoryModel(StormInfo.Dram, 2, 2, t => t.Copy),
        new MemoryModel(StormInfo.L2, 1, 1, t => t.Read, overhead: 0, size: (gpu, slice) => gpu.Need("l2") * slice.MemoryShare / 2),
        new RateModel(StormInfo.Tlb, (gpu, slice) => 0.5 * gpu.Need("memory_bandwidth") * slice.MemoryShare * gpu.Traits.Read / 32, new(Memory: 0.5), "a sector of 32 bytes a load, half of the read bandwidth; assumed"),
        new LinkModel(StormInfo.Up, up: true, down: false, engines: false),
        new LinkModel(StormInfo.Down, up: false, down: true, engines: false),
        new LinkModel(StormInfo.Link, up: true, down: true, engines: false),
        new LinkModel(StormInfo.Engine, up: true, down: true),
        new ComputeModel(StormInfo.Sm, "fp32", tensor: false, region: 200e-6),
        new ComputeModel(StormInfo.Power, "bf16", tensor: true, region: 200e-6),
        new RateModel(StormInfo.Launch, (_, _) => 1 / 2.5e-6, default, "constant, as measured on H100"),
        new RateModel(StormInfo.Fence, (_, slice) => slice.NeedSms * 256 / 1e-6, default, "a barrier of each thread a microsecond; assumed"),
        new LlmModel(new LlmPrefill().Info, decode: false),
        new LlmModel(new LlmDecode().Info, decode: true),
        new PipelineModel(new LlmPipeline().Info),
        new LlmModel(new KvRecompute().Info, decode: false),
        new ReloadModel(new KvReload().Info),
        new CommandModel(new CommandProbe().Info),
        new TrainModel(new TrainStep().Info),
        new FixedModel(LaunchInfo.Start, 0.32, 0, null, 1, 0.03),
    ];

    /// <summary>Why a probe has no model, by id.</summary>
    static readonly Dictionary<string, string> without = new()
    {
        [ControlInfo.Create.Id] = "it comes from the cuts of a sweep",
        [ControlInfo.Destroy.Id] = "it comes from the cuts of a sweep",
        [ControlInfo.Mode.Id] = "it comes from the cuts of a sweep",
    };

    /// <summary>Why there is no model of a probe, or null where nobody has said so.</summary>
    public static string? WhyNot(string id) => without.GetValueOrDefault(id);

    /// <summary>The model of a probe, or null where there is none.</summary>
    public static ISimModel? Find(string id) => All.FirstOrDefault(m => m.Info.Id == id);
}
