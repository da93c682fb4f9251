using System.Globalization;
using GpuLab.Geometry;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Comparison;

/// <summary>What is known of the hardware under a run, for normalising; null is not known, never guessed.</summary>
/// <param name="Units">Multiprocessors or cores of the whole device.</param>
/// <param name="UnitName"><c>SM</c> or <c>core</c>.</param>
/// <param name="Bandwidth">Peak memory bandwidth, B/s.</param>
/// <param name="Power">Board power limit, W.</param>
/// <param name="Clock">Boost clock, Hz.</param>
public sealed record Hardware(double? Units, string UnitName, double? Bandwidth, double? Power, double? Clock)
{
    GpuModel? Model { get; init; }

    public static Hardware Of(RunInfo info)
    {
        var details = info.Provenance.GetValueOrDefault("device");
        double? Number(string name) => details?.GetValueOrDefault(name) is { } text && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
        if (info.Device == "host") return new(Number("cores"), "core", null, null, null);
        var key = info.Device.StartsWith("sim:", StringComparison.Ordinal) ? info.Device[4..] : null;
        var model = GpuCatalogue.All.FirstOrDefault(m => key is not null ? m.Key == key : m.Product == info.DeviceName);
        var spec = model is null ? null : GpuCatalogue.Spec(model);
        return new(Number("SMs") ?? model?.Sms, "SM", spec?["memory_bandwidth"]?.Value, spec?["power"]?.Value, spec?["sm_clock"]?.Value) { Model = model };
    }

    /// <summary>Multiprocessors or cores of one slice.</summary>
    public double? UnitsOf(SliceDocument slice)
    {
        if (slice.Cpus.Count > 0) return slice.Cpus.Count;
        if (slice.Profile == "whole") return Units;
        return Model is not null && Layout.TryParse(slice.Profile, null, out var layout) && layout.Items is [{ } item] ? Model.Find(item.Profile)?.Sms : null;
    }

    /// <summary>The slice's nominal share of the peak bandwidth.</summary>
    public double? BandwidthOf(SliceDocument slice, PlanDocument plan) => slice.Profile == "whole" ? Bandwidth : plan.Units > 0 && UnitName == "SM" ? Bandwidth * slice.Units / plan.Units : null;
}

/// <summary>A rate in proportion to what it was given; null where that is not known or the metric is no rate.</summary>
/// <param name="OfCeiling">Share of the ceiling that the probe itself found.</param>
/// <param name="PerUnit">Per SM or core, in the metric's unit.</param>
/// <param name="PerBandwidth">Per B/s of peak memory bandwidth.</param>
/// <param name="PerWatt">Per W: of the power read during the trials where it was, else of the board's limit. The whole device only.</param>
public readonly record struct Normalised(double? OfCeiling, double? PerUnit, double? PerBandwidth, double? PerWatt)
{
    internal static Normalised Of(Figure f, SliceDocument? slice, PlanDocument plan, Hardware hardware, double? power)
    {
        var rate = f.Metric.Better == Better.Higher && slice is not null;
        return new(f.Ceiling?.Share, rate ? f.Median / hardware.UnitsOf(slice!) : null, rate ? f.Median / hardware.BandwidthOf(slice!, plan) : null,
            rate && slice!.Profile == "whole" ? f.Median / (power ?? hardware.Power) : null);
    }
}

/// <summary>A difference between devices taken apart: ratio = units × clock × rest for what computes, bandwidth × rest for what streams.</summary>
/// <param name="Rest">What the data sheets do not explain.</param>
public sealed record Factors(double? Units, double? Clock, double? Bandwidth, double Rest)
{
    internal static Factors? Of(ProbeInfo probe, Side first, Side second, double ratio)
    {
        static double? Over(double? b, double? a) => b / a;
        var (a, b) = (first.Run, second.Run);
        if (a.Run.Info.DeviceName == b.Run.Info.DeviceName) return null;
        if (probe.Resource == Resource.Memory) return Over(b.Hardware.Bandwidth, a.Hardware.Bandwidth) is { } bandwidth ? new(null, null, bandwidth, ratio / bandwidth) : null;
        if (probe.Resource != Resource.Compute || Over(UnitsOf(second), UnitsOf(first)) is not { } units) return null;
        var clock = Over(b.Hardware.Clock, a.Hardware.Clock);
        return new(units, clock, null, ratio / units / (clock ?? 1));
    }

    static double? UnitsOf(Side side) => side.Figure.Median / side.Normalised.PerUnit;
}
