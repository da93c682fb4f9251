using System.Numerics;
using BenchmarkDotNet.Attributes;
using GpuLab.Control.Simulated;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Benchmarks;

/// <summary>Enumeration and feasibility of layouts: 50 ms, 1 s and 10 µs are the bars.</summary>
[MemoryDiagnoser]
public class GeometryBenchmarks
{
    readonly GpuModel a100 = GpuCatalogue.Get("a100-40gb");
    readonly GpuModel[] placeable = [.. GpuCatalogue.All.Where(m => m.Unknown is null)];
    readonly Layout mixed = Layout.Parse("3g.20gb+2g.10gb+2x1g.5gb(1c)");
    readonly Layout impossible = Layout.Parse("4g.20gb+3g.20gb+1g.5gb");
    readonly SimulatedDevice h200 = SimulatedDevice.Open("h200-141gb");
    readonly Layout seven = Layout.Parse("7x1g.18gb");
    LayoutFitter fitter = null!;

    [GlobalSetup]
    public void Setup() => fitter = new(a100);

    [Benchmark]
    public int A100LayoutsWithFullCuts() => new LayoutSpace(a100).Multisets(new(Splits: ComputeSplits.Full)).Count();

    [Benchmark]
    public int A100LayoutsWithPartialCuts() => new LayoutSpace(a100).Multisets(new(Splits: ComputeSplits.Partial)).Count();

    [Benchmark]
    public int PlacedLayoutsOfEveryGpu() => placeable.Sum(m => new LayoutSpace(m).Placed(new()).Count());

    [Benchmark]
    public BigInteger CountOfPlacedLayoutsWithPartialCutsOfEveryGpu() =>
        placeable.Aggregate(BigInteger.Zero, (sum, m) => sum + new LayoutSpace(m).CountPlaced(new(Splits: ComputeSplits.Partial)));

    [Benchmark]
    public bool Feasible() => fitter.Fit(mixed).Placed is not null;

    [Benchmark]
    public string Refused() => fitter.Fit(impossible).Refusal!.ToString();

    [Benchmark]
    public async Task AppliedAndUndone()
    {
        await using var partition = await h200.Partitioners[0].Apply(seven, default);
    }
}
