using GpuLab.Running;

namespace GpuLab.Probes.Sim;

/// <summary>What a model predicts for one slice with nothing beside it.</summary>
/// <param name="Seconds">One operation.</param>
/// <param name="Outputs">What a sample says.</param>
/// <param name="Load">What it takes of what slices share.</param>
sealed record SimWork(double Seconds, IReadOnlyList<SimOutput> Outputs, SimLoad Load)
{
    /// <summary>A timed region lasts so long or longer where operations can be batched.</summary>
    const double Region = 200e-6;

    /// <summary>k: the smallest power of two that fills a region.</summary>
    public long Operations { get; init; } = Batch(Seconds);

    /// <summary>Relative deviation of samples within a repeat.</summary>
    public double Noise { get; init; } = 0.0015;

    /// <summary>Multiplies the time where one SM runs at a share of its clock; null where that does not matter.</summary>
    public Func<double, double>? SlowSm { get; init; }

    public Ceiling? Ceiling { get; init; }

    public Dictionary<string, string> Facts { get; init; } = [];

    static long Batch(double seconds)
    {
        var k = 1L;
        while (k * seconds < Region && k < 1 << 20) k *= 2;
        return k;
    }
}

/// <summary>One metric of a sample: work per second, seconds per unit of work, or a number that time does not change.</summary>
/// <param name="Amount">Work of one operation, in the metric's unit.</param>
/// <param name="Number">Given for a number: what it is where one SM runs at a share of its clock, 1 where none is slow.</param>
/// <param name="Exact">Whether the number is counted and does not scatter as those read off timers do.</param>
readonly record struct SimOutput(double Amount, bool IsRate, Func<double, double>? Number = null, bool Exact = false)
{
    /// <summary>A metric that this work does not have here: no sample tells it.</summary>
    public static readonly SimOutput None = Of(_ => double.NaN);

    /// <summary>Seconds that a part of the work takes, in proportion with all of it.</summary>
    public static SimOutput Part(double seconds, double total) => new(total / seconds, IsRate: false);

    public static SimOutput Of(Func<double, double> number, bool exact = false) => new(1, IsRate: false, number, exact);
}

/// <summary>Shares of what slices have in common that one takes while it works alone: 1 is all there is.</summary>
/// <param name="Up">Link to the GPU.</param>
/// <param name="Down">Link from the GPU.</param>
/// <param name="Memory">Memory of the GPU instance.</param>
/// <param name="Power">Of the limit of the whole GPU; may exceed 1 where the clock goes down already alone.</param>
/// <param name="Disk">Storage of the declared machine.</param>
/// <param name="Host">What its processors can copy together.</param>
readonly record struct SimLoad(double Up = 0, double Down = 0, double Memory = 0, double Power = 0, double Disk = 0, double Host = 0)
{
    /// <summary>Of work at part of its rate.</summary>
    public SimLoad At(double duty) => new(Up * duty, Down * duty, Memory * duty, Power * duty, Disk * duty, Host * duty);
}
