namespace GpuLab.Statistics;

/// <summary>Exact binomial variates in constant time: Hörmann's transformed rejection (BTRS, 1993), and inversion where few successes are expected.</summary>
static class Binomials
{
    /// <summary>So few trials are quicker tried one by one.</summary>
    const int Few = 16;

    /// <summary>Differences between log k! and Stirling's formula.</summary>
    static readonly double[] Tails =
    [
        0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.0207906721037650, 0.0166446911898211,
        0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287,
    ];

    /// <summary>Successes among <paramref name="count"/> independent trials.</summary>
    public static int Binomial(this ref Xoshiro random, int count, double probability)
    {
        if (count == 0 || probability <= 0) return 0;
        if (probability >= 1) return count;
        if (probability > 0.5) return count - Binomial(ref random, count, 1 - probability);
        return count * probability < 10 ? Inverted(ref random, count, probability) : Rejected(ref random, count, probability);
    }

    static int Inverted(ref Xoshiro random, int count, double probability)
    {
        if (count <= Few)
        {
            var successes = 0;
            for (var i = 0; i < count; i++) successes += random.Uniform() < probability ? 1 : 0;
            return successes;
        }
        var odds = probability / (1 - probability);
        var none = Math.Exp(count * Math.Log(1 - probability));
        while (true)
        {
            var left = random.Uniform();
            var mass = none;
            for (var k = 0; k <= count; k++)
            {
                if (left < mass) return k;
                left -= mass;
                mass *= odds * (count - k) / (k + 1);
            }
        }
    }

    static int Rejected(ref Xoshiro random, int count, double probability)
    {
        var deviation = Math.Sqrt(count * probability * (1 - probability));
        var b = 1.15 + 2.53 * deviation;
        var a = -0.0873 + 0.0248 * b + 0.01 * probability;
        var center = count * probability + 0.5;
        var squeeze = 0.92 - 4.2 / b;
        while (true)
        {
            var u = random.Uniform() - 0.5;
            var v = random.Open();
            var edge = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / edge + b) * u + center);
            if (edge >= 0.07 && v <= squeeze) return (int)k;
            if (k < 0 || k > count) continue;

            var odds = probability / (1 - probability);
            var alpha = (2.83 + 5.1 / b) * deviation;
            var mode = Math.Floor((count + 1) * probability);
            var bound = (mode + 0.5) * Math.Log((mode + 1) / (odds * (count - mode + 1)))
                + (count + 1) * Math.Log((count - mode + 1) / (count - k + 1))
                + (k + 0.5) * Math.Log(odds * (count - k + 1) / (k + 1))
                + Tail(mode) + Tail(count - mode) - Tail(k) - Tail(count - k);
            if (Math.Log(v * alpha / (a / (edge * edge) + b)) <= bound) return (int)k;
        }
    }

    static double Tail(double k)
    {
        if (k < Tails.Length) return Tails[(int)k];
        var square = (k + 1) * (k + 1);
        return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
    }
}
