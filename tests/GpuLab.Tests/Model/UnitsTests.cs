using GpuLab.Model;

namespace GpuLab.Tests.Model;

public sealed class UnitsTests
{
    [Theory]
    [InlineData("64MiB", 67108864)]
    [InlineData("1.5 KiB", 1536)]
    [InlineData("3GB", 3e9)]
    public void Bytes_are_read_with_their_unit(string text, double bytes)
    {
        Assert.True(Units.TryParse(text, Units.Bytes, bare: false, out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("64")]
    [InlineData("64mib")]
    [InlineData("MiB")]
    [InlineData("-1MiB")]
    [InlineData("1e400MiB")]
    [InlineData("NaNMiB")]
    [InlineData("1,5MiB")]
    public void What_is_no_quantity_is_refused(string text) => Assert.False(Units.TryParse(text, Units.Bytes, bare: false, out _));

    [Theory]
    [InlineData(67108864, "64MiB")]
    [InlineData(1500, "1500B")]
    [InlineData(0, "0B")]
    public void Bytes_are_written_as_they_would_be_read(double bytes, string text) => Assert.Equal(text, Units.BytesText(bytes));

    [Theory]
    [InlineData(0.005, "5ms")]
    [InlineData(1.5, "1.5s")]
    [InlineData(1e-7, "100ns")]
    public void Seconds_are_written_as_they_would_be_read(double seconds, string text) => Assert.Equal(text, Units.SecondsText(seconds));

    [Theory]
    [InlineData(11.42e9, "B/s", "11.42 GB/s")]
    [InlineData(103.1e-9, "s", "103.1 ns")]
    [InlineData(67108864, "B", "64.00 MiB")]
    [InlineData(0.972, "%", "97.2 %")]
    [InlineData(999.4e6, "B/s", "999.4 MB/s")]
    [InlineData(0, "s", "0 s")]
    [InlineData(double.NaN, "B/s", "–")]
    [InlineData(0.002, "%", "0.20 %")]
    [InlineData(125, "s", "2.1 min")]
    public void Figures_are_shown_with_four_digits_and_a_fitting_unit(double value, string unit, string text) => Assert.Equal(text, Pretty.Value(value, unit));
}
