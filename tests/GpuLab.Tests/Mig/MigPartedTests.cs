using GpuLab.Control.Mig;
using GpuLab.Geometry;

namespace GpuLab.Tests.Mig;

public sealed class MigPartedTests
{
    const string File = """
        version: v1
        mig-configs:
          all-disabled:
            - devices: all
              mig-enabled: false
          all-enabled:
            - devices: all
              mig-enabled: true
              mig-devices: {}
          custom:
            - device-filter: ["0x233510DE", "0x20B010DE"]
              devices: [0, 2]
              mig-enabled: true
              mig-devices:
                "1g.18gb": 2
                "1g.18gb+me": 1
                "1c.3g.71gb": 4
        """;

    [Fact]
    public void Configurations_become_layouts()
    {
        var file = MigPartedFile.Parse("mig.yaml", File);
        Assert.Equal(["all-disabled", "all-enabled", "custom"], file.Names);
        Assert.True(file.Get("all-disabled")[0] is { Enabled: false, Devices: null });
        Assert.True(file.Get("all-enabled")[0] is { Enabled: true, Instances: [] });
        var custom = Assert.Single(file.Get("custom"));
        Assert.Equal("3g.71gb(3x1c)+3g.71gb(1c)+2x1g.18gb+1g.18gb+me", custom.ToLayout().ToString());
        Assert.True(custom.Matches(2, "0x233510de"));
        Assert.False(custom.Matches(1, "0x233510DE"));
        Assert.False(custom.Matches(0, "0x232110DE"));
        Assert.Contains("all-enabled", Assert.Throws<GeometryException>(() => file.Get("none")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version: v2\nmig-configs: {}", "v1")]
    [InlineData("version: v1", "mig-configs")]
    [InlineData("version: v1\nmig-configs:\n  a:\n    - devices: all\n      mig-enabled: true\n      mig-device: {}", "mig-device")]
    [InlineData("version: v1\nmig-configs:\n  a:\n    - devices: some\n      mig-enabled: true", "devices")]
    [InlineData("version: v1\nmig-configs:\n  a:\n    - devices: all\n      mig-enabled: true\n      mig-devices: {\"2x1g.5gb\": 1}", "2x1g.5gb")]
    [InlineData("version: v1\nmig-configs:\n  a:\n    - devices: all\n      mig-enabled: true\n      mig-devices: {\"1g.5gb\": lots}", "count of 1g.5gb")]
    [InlineData("version: v1\nmig-configs:\n  a:\n    - devices: all\n      mig-enabled: false\n      mig-devices: {\"1g.5gb\": 1}", "while mig-enabled is false")]
    [InlineData("version: v1\nmig-configs:\n  a:\n    - devices: all\n      mig-enabled: true\n      mig-devices: {\"4c.3g.20gb\": 1}", "4c.3g.20gb")]
    public void Mistakes_are_named_with_their_place(string text, string said)
    {
        var error = Assert.Throws<GeometryException>(() => MigPartedFile.Parse("mig.yaml", text));
        Assert.Contains("mig.yaml", error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }
}
