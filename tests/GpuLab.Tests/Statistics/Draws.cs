using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

/// <summary>Seeded sequences with known distributions.</summary>
static class Draws
{
    public static double[] Normal(ulong seed, int count, double mean = 100, double deviation = 1)
    {
        var random = new Xoshiro(seed);
        return Fill(count, _ => mean + deviation * random.Normal());
    }

    public static double[] LogNormal(ulong seed, int count, double median, double sigma)
    {
        var random = new Xoshiro(seed);
        return Fill(count, _ => median * Math.Exp(sigma * random.Normal()));
    }

    /// <summary>A stationary first-order autoregression of unit variance round <paramref name="mean"/>.</summary>
    public static double[] Autocorrelated(ulong seed, int count, double rho, double mean = 100)
    {
        var random = new Xoshiro(seed);
        var state = random.Normal();
        return Fill(count, _ =>
        {
            state = rho * state + Math.Sqrt(1 - rho * rho) * random.Normal();
            return mean + state;
        });
    }

    public static double[] Fill(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];
}
