using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes.Aggressors;
using GpuLab.Probes.Commands;
using GpuLab.Probes.Cublas;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Host;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Latency;
using GpuLab.Probes.Launch;
using GpuLab.Probes.Link;
using GpuLab.Probes.Llm;
using GpuLab.Probes.Llm.Pipeline;
using GpuLab.Probes.Loading;
using GpuLab.Probes.Memory;
using GpuLab.Probes.Sim;
using GpuLab.Probes.Trace;
using GpuLab.Probes.Train;
using GpuLab.Running;

namespace GpuLab.Probes;

/// <summary>Every probe there is: one line each. A test fails when a class that carries a probe out is missing here.</summary>
public static class Catalogue
{
    /// <summary>The same on every real device: the slice is in the environment and the processors of the worker.</summary>
    static readonly CommandProbe Command = new();

    static readonly IProbe[] OnHost =
    [
        new MemRead(),
        new MemWrite(),
        new MemCopy(),
        new MemTriad(),
        new MemCurve(),
        new LatChase(),
        new ComputeFp64(),
        new ComputeFp32(),
        new LoadFile(),
        new LoadPlain(),
        new LoadPipelined(),
        new LoadStart(),
        new LaunchSync(),
        new LlmPrefill(),
        new LlmDecode(),
        new KvReload(),
        new KvRecompute(),
        new LlmPipeline(),
        new TrainStep(),
        Command,
    ];

    static readonly IProbe[] OnGpu =
    [
        new GpuStream(Host("mem.read"), GpuStreamKernel.Read),
        new GpuStream(Host("mem.write"), GpuStreamKernel.Write),
        new GpuStream(Host("mem.copy"), GpuStreamKernel.Copy),
        new GpuStream(Host("mem.triad"), GpuStreamKernel.Triad),
        new GpuStream(Host("mem.curve"), GpuStreamKernel.HotCopy),
        new GpuRead(MemoryInfo.Stride),
        new GpuRead(MemoryInfo.Saturation),
        new GpuChase(Host("lat.chase")),
        new PageChase(LatencyInfo.Tlb),
        new GpuCompute(ComputeInfo.Fp64, "fp64", GpuComputeLoops.Fp64),
        new GpuCompute(ComputeInfo.Fp32, "fp32", GpuComputeLoops.Fp32),
        new GpuCompute(ComputeInfo.Int32, "int32", GpuComputeLoops.Int32),
        new GpuCompute(ComputeInfo.Tf32, "tf32", GpuComputeLoops.Warp(TensorFormat.Tf32)),
        new GpuCompute(ComputeInfo.Bf16, "bf16", GpuComputeLoops.Warpgroup(TensorFormat.Bf16), GpuComputeLoops.Warp(TensorFormat.Bf16)),
        new GpuCompute(ComputeInfo.Fp16, "fp16", GpuComputeLoops.Warp(TensorFormat.Fp16)),
        new GpuCompute(ComputeInfo.Fp8, "fp8", GpuComputeLoops.Warpgroup(TensorFormat.Fp8), GpuComputeLoops.Warp(TensorFormat.Fp8, KernelModules.Fp8)),
        new GpuCompute(ComputeInfo.Int8, "int8", GpuComputeLoops.Warp(TensorFormat.Int8)),
        new GpuGemm(ComputeInfo.Gemm),
        new GpuCopy(LinkInfo.ToDevice, toDevice: true),
        new GpuCopy(LinkInfo.ToHost, toDevice: false),
        new GpuBothWays(LinkInfo.Both),
        new LinkLatency(LinkInfo.Latency),
        new Nvbandwidth(LinkInfo.Nvbandwidth),
        new GpuLaunch(LaunchInfo.Api, LaunchKind.Api),
        new GpuLaunch(LaunchInfo.Rate, LaunchKind.Rate),
        new GpuLaunch(LaunchInfo.Graph, LaunchKind.Graph),
        new GpuLaunch(Host("launch.sync"), LaunchKind.Sync),
        new GpuStart(LaunchInfo.Start),
        new GpuLoad(Host("load.plain"), pipelined: false),
        new GpuLoad(Host("load.pipelined"), pipelined: true),
        new GpuLoadStart(),
        new GpuLanguage(Host("llm.prefill"), r => new PrefillProbe(r), LlmPrefill.Obstacle),
        new GpuLanguage(Host("llm.decode"), r => new DecodeProbe(r), LlmDecode.Obstacle),
        new GpuLanguage(Host("kv.reload"), r => new GpuReloadProbe(r, CudaSession.Current), KvReload.Obstacle),
        new GpuLanguage(Host("kv.recompute"), KvRecompute.Prepared, KvRecompute.Obstacle),
        new GpuTrace(TraceInfo.Blocks),
        new GpuStorm(StormInfo.Dram, GpuStorm.Dram),
        new GpuStorm(StormInfo.L2, GpuStorm.L2),
        new GpuStorm(StormInfo.Tlb, GpuStorm.Tlb),
        new GpuStorm(StormInfo.Up, GpuStorm.Up),
        new GpuStorm(StormInfo.Down, GpuStorm.Down),
        new GpuStorm(StormInfo.Link, GpuStorm.Link),
        new GpuBothWays(StormInfo.Engine),
        new GpuStorm(StormInfo.Sm, GpuStorm.Sm),
        new GpuStorm(StormInfo.Power, GpuStorm.Power),
        new LaunchStorm(StormInfo.Launch),
        new GpuStorm(StormInfo.Fence, GpuStorm.Fence),
        Command,
    ];

    /// <summary>What this program itself carries out on real GPUs, in the order in which lists show them.</summary>
    public static IReadOnlyList<IProbe> OfGpus => [.. OnGpu.Except([Command])];

    static readonly SimProbe[] Simulated = [.. SimModels.All.Select(m => new SimProbe(m))];

    /// <summary>Metadata of every probe, in the order in which lists show them; the same on every device.</summary>
    public static IReadOnlyList<ProbeInfo> Probes { get; } = [.. OnHost.Concat<IProbe>(Simulated).Select(p => p.Info).DistinctBy(p => p.Id), .. ControlInfo.All];

    /// <summary>What carries a probe out on a kind of device; null where that device has no such probe or the id is unknown.</summary>
    public static IProbe? For(DeviceKind kind, string id) => kind switch
    {
        DeviceKind.Host => Array.Find(OnHost, p => p.Info.Id == id),
        DeviceKind.Gpu => Array.Find(OnGpu, p => p.Info.Id == id),
        DeviceKind.Simulated => Array.Find(Simulated, p => p.Info.Id == id),
        _ => null,
    };

    /// <summary>Why a probe cannot run with some parameters on a slice of a device, or null where it can as far as can be known before.</summary>
    public static string? Obstacle(IDevice device, ProbeInfo probe, Slice slice, Parameters parameters) => For(device.Facts.Kind, probe.Id) switch
    {
        null when device.Facts.Simulated && SimModels.WhyNot(probe.Id) is { } reason => $"{probe.Id} cannot be simulated: {reason}",
        null => $"{probe.Id} cannot run on {device.Id} in this version",
        CommandProbe command => ((IForesight)command).Obstacle(slice, parameters),
        _ when device.Facts.Kind == DeviceKind.Gpu && CudaDriver.Obstacle is { } driver => driver,
        SimProbe simulated => simulated.Obstacle(device.Id, slice, parameters),
        IForesight foresight => foresight.Obstacle(slice, parameters),
        _ => null,
    };

    /// <summary>What a worker is on, beside its processors, as what measures there sees it.</summary>
    public static IReadOnlyDictionary<string, string> Identify(WorkerOptions worker) => worker.Device.Kind == DeviceKind.Gpu ? CudaIdentity.Of(worker) : SimIdentity.Of(worker);

    /// <summary>Metadata that the host's probe of that id carries: a probe is described once.</summary>
    static ProbeInfo Host(string id) => OnHost.First(p => p.Info.Id == id).Info;
}
