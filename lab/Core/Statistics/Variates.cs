namespace GpuLab.Statistics;

/// <summary>Random variates from a seeded <see cref="Xoshiro"/>.</summary>
public static class Variates
{
    /// <summary>Standard normal (Marsaglia's polar method; the second value is thrown away to keep the generator without state of its own).</summary>
    public static double Normal(this ref Xoshiro random)
    {
        while (true)
        {
            var x = 2 * random.Open() - 1;
            var y = 2 * random.Open() - 1;
            var square = x * x + y * y;
            if (square < 1) return x * Math.Sqrt(-2 * Math.Log(square) / square);
        }
    }

    /// <summary>Gamma of unit scale (Marsaglia and Tsang 2000); <paramref name="shape"/> ≥ 1.</summary>
    public static double Gamma(this ref Xoshiro random, double shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape, 1);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = random.Normal();
            var v = 1 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            var u = random.Open();
            if (u < 1 - 0.0331 * x * x * x * x) return d * v;
            if (Math.Log(u) < 0.5 * x * x + d * (1 - v + Math.Log(v))) return d * v;
        }
    }

    /// <summary>Beta with both parameters ≥ 1: the distribution of an order statistic of uniform numbers.</summary>
    public static double Beta(this ref Xoshiro random, double a, double b)
    {
        var x = random.Gamma(a);
        return x / (x + random.Gamma(b));
    }
}
