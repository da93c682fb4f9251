using GpuLab.Running;

namespace GpuLab.Tests.Running;

public sealed class SliceIdentityTests
{
    [Theory]
    [InlineData("uuid", "MIG-0000abcd-0001-5000-8001-000000000000", "0000ABCD-0001-5000-8001-000000000000", true)]
    [InlineData("uuid", "GPU-0000abcd-0001-5000-8001-000000000000", "0000abcd-0001-5000-8001-000000000000", true)]
    [InlineData("uuid", "MIG-GPU-0000abcd-0001-5000-8001-000000000000/1/0", "0000abcd-0001-5000-8001-000000000000", true)]
    [InlineData("uuid", "MIG-0000abcd-0001-5000-8001-000000000000", "0000abcd-0002-5000-8001-000000000000", false)]
    [InlineData("uuid", "MIG-0000abcd-0001-5000-8001-000000000000", "unknown (no driver)", false)]
    [InlineData("pci", "00000000:01:00.0", "0000:01:00.0", true)]
    [InlineData("pci", "00000001:01:00.0", "0000:01:00.0", false)]
    [InlineData("memory", "18253611008", "17800000000", true)]
    [InlineData("memory", "18253611008", "36507222016", false)]
    [InlineData("memory", "18253611008", "much", false)]
    [InlineData("sms", "16", "16", true)]
    [InlineData("sms", "16", "26", false)]
    public void What_is_the_same_in_other_words_is_the_same(string name, string wanted, string found, bool same)
    {
        var mismatch = SliceIdentity.Mismatch(new Dictionary<string, string> { [name] = wanted }, new Dictionary<string, string> { [name] = found });
        Assert.Equal(same ? null : $"{name} is {found}, not {wanted}", mismatch);
    }

    [Fact]
    public void What_is_not_said_is_not_the_same_and_what_is_not_asked_does_not_matter()
    {
        Assert.Equal("sms is nothing, not 16", SliceIdentity.Mismatch(new Dictionary<string, string> { ["sms"] = "16" }, new Dictionary<string, string>()));
        Assert.Null(SliceIdentity.Mismatch(new Dictionary<string, string>(), new Dictionary<string, string> { ["sms"] = "16" }));
    }
}
