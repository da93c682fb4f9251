namespace GpuLab.Statistics;

/// <summary>
/// Time of a transfer as a latency and a rate: T = a + N ÷ b (MEASUREMENT 4). Fitted to relative errors, because times run over decades, and reweighted so
/// that single points far off, such as those a cache serves, do not bend it.
/// </summary>
/// <param name="Latency">a: what a transfer of nothing would take, s; 0 where the points show none.</param>
/// <param name="Rate">b: what an endless one would reach, B/s.</param>
/// <param name="Error">The largest relative error of a point that the fit rests on.</param>
/// <param name="Left">Points further off than that, which it passes by.</param>
public sealed record TransferFit(double Latency, double Rate, double Error, int Left)
{
    /// <summary>Fewer points than this fit any line.</summary>
    public const int LeastPoints = 4;

    /// <summary>Relative errors beyond this weigh less the larger they are (Huber).</summary>
    const double Usual = 0.05;

    /// <summary>A point further off than this is not described.</summary>
    const double Far = 0.25;

    /// <summary>Bytes at which half the rate is reached.</summary>
    public double HalfSize => Latency * Rate;

    public double Time(double bytes) => Latency + (bytes / Rate);

    /// <param name="points">Bytes and seconds of each transfer, positive.</param>
    /// <returns>Null where there are too few, or time does not grow with size.</returns>
    public static TransferFit? Of(IReadOnlyList<(double Bytes, double Seconds)> points)
    {
        if (points.Count < LeastPoints || points.Select(p => p.Bytes).Distinct().Count() < LeastPoints) return null;
        var weights = points.Select(p => 1 / (p.Seconds * p.Seconds)).ToArray();
        (double A, double B) line = default;
        for (var pass = 0; pass < 30; pass++)
        {
            line = Weighted(points, weights);
            for (var i = 0; i < points.Count; i++)
            {
                var error = Math.Abs(((line.A + (line.B * points[i].Bytes)) / points[i].Seconds) - 1);
                weights[i] = Math.Min(1, Usual / Math.Max(error, 1e-12)) / (points[i].Seconds * points[i].Seconds);
            }
        }
        if (!(line.B > 0)) return null;
        var errors = points.Select(p => Math.Abs(((line.A + (line.B * p.Bytes)) / p.Seconds) - 1)).ToList();
        return new(line.A, 1 / line.B, errors.Where(e => e <= Far).DefaultIfEmpty(double.NaN).Max(), errors.Count(e => e > Far));
    }

    /// <summary>Least squares of seconds over bytes; through the origin where the line would else begin below it.</summary>
    static (double A, double B) Weighted(IReadOnlyList<(double Bytes, double Seconds)> points, double[] weights)
    {
        double w = 0, x = 0, y = 0, xx = 0, xy = 0;
        for (var i = 0; i < points.Count; i++)
        {
            var (n, t) = points[i];
            w += weights[i];
            x += weights[i] * n;
            y += weights[i] * t;
            xx += weights[i] * n * n;
            xy += weights[i] * n * t;
        }
        var slope = ((w * xy) - (x * y)) / ((w * xx) - (x * x));
        var start = (y - (slope * x)) / w;
        return start >= 0 ? (start, slope) : (0, xy / xx);
    }
}
