using GpuLab.Model;

namespace GpuLab.Tests.Model;

public sealed class DeviceIdTests
{
    [Theory]
    [InlineData("host", DeviceKind.Host)]
    [InlineData("auto", DeviceKind.Auto)]
    [InlineData("gpu:0", DeviceKind.Gpu)]
    [InlineData("GPU-8f2e", DeviceKind.Gpu)]
    [InlineData("sim:h200-141gb", DeviceKind.Simulated)]
    public void A_device_is_read_and_written_alike(string text, DeviceKind kind)
    {
        var id = DeviceId.Parse(text, null);
        Assert.Equal(kind, id.Kind);
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("gpu:x")]
    [InlineData("sim:")]
    [InlineData("GPU-")]
    [InlineData("Host")]
    public void What_is_no_device_is_refused(string text) => Assert.False(DeviceId.TryParse(text, null, out _));
}
