using GpuLab.Statistics;
using MathNet.Numerics.Distributions;

namespace GpuLab.Tests.Comparison;

public sealed class StudentQuantileTests
{
    [Fact]
    public void The_fast_quantile_agrees_with_the_one_found_by_bisection()
    {
        foreach (var freedom in (double[])[1, 1.3, 2, 3.7, 5, 9.99, 40, 1e4])
        {
            foreach (var p in (double[])[0.001, 0.025, 0.2, 0.5, 0.6, 0.8, 0.95, 0.975, 0.9995])
            {
                var expected = StudentT.InvCDF(0, 1, freedom, p);
                Assert.Equal(expected, StudentInterval.Quantile(p, freedom), 1e-7 * Math.Max(1, Math.Abs(expected)));
            }
        }
    }
}
