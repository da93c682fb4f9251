using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

public sealed class TransferFitTests
{
    static readonly double[] sizes = [.. Enumerable.Range(0, 19).Select(i => 4096 * Math.Pow(2, i))];

    static List<(double Bytes, double Seconds)> Points(double latency, double rate, double noise = 0, ulong seed = 1)
    {
        var random = new Xoshiro(seed);
        return [.. sizes.Select(n => (n, (latency + (n / rate)) * Math.Exp(noise * random.Normal())))];
    }

    [Theory]
    [InlineData(10e-6, 25e9)]
    [InlineData(1.2e-6, 55e9)]
    [InlineData(400e-9, 200e9)]
    public void Latency_and_rate_come_back(double latency, double rate)
    {
        var exact = TransferFit.Of(Points(latency, rate))!;
        Assert.Equal(1, exact.Latency / latency, 6);
        Assert.Equal(1, exact.Rate / rate, 6);
        Assert.Equal(latency * rate, exact.HalfSize, latency * rate * 1e-5);
        Assert.InRange(exact.Error, 0, 1e-6);
        var noisy = TransferFit.Of(Points(latency, rate, 0.01))!;
        Assert.Equal(1, noisy.Latency / latency, 0.02);
        Assert.Equal(1, noisy.Rate / rate, 0.01);
    }

    [Fact]
    public void A_few_points_far_off_do_not_bend_it_and_are_counted()
    {
        var points = Points(5e-6, 50e9, 0.005);
        foreach (var i in (int[])[3, 9]) points[i] = points[i] with { Seconds = points[i].Seconds / 3 };
        var fit = TransferFit.Of(points)!;
        Assert.Equal(1, fit.Latency / 5e-6, 0.05);
        Assert.Equal(1, fit.Rate / 50e9, 0.05);
        Assert.Equal(2, fit.Left);
        Assert.InRange(fit.Error, 0, 0.06);
    }

    [Fact]
    public void A_latency_is_never_below_nothing()
    {
        var fit = TransferFit.Of([.. sizes.Select(n => (n, n / 10e9 * (n < 1e5 ? 0.9 : 1)))])!;
        Assert.Equal(0, fit.Latency);
        Assert.Equal(1, fit.Rate / 10e9, 0.05);
    }

    [Fact]
    public void Too_few_points_or_times_that_do_not_grow_fit_nothing()
    {
        Assert.Null(TransferFit.Of(Points(1e-6, 1e9)[..3]));
        Assert.Null(TransferFit.Of([(1, 1), (1, 2), (1, 3), (1, 4)]));
        Assert.Null(TransferFit.Of([.. sizes.Select(n => (n, 1 / n))]));
    }
}
