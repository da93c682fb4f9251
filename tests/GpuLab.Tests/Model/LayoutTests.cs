using GpuLab.Model;

namespace GpuLab.Tests.Model;

public sealed class LayoutTests
{
    [Theory]
    [InlineData("whole", "whole")]
    [InlineData(" 2x1c ", "2x1c")]
    [InlineData("1c+3c", "3c+1c")]
    [InlineData("1c+1c+3c", "3c+2x1c")]
    [InlineData("2x2g.35gb+3g.71gb", "3g.71gb+2x2g.35gb")]
    [InlineData("1g.18gb+me+2g.35gb", "2g.35gb+1g.18gb+me")]
    [InlineData("1g.10gb+me.all", "1g.10gb+me.all")]
    [InlineData("1g.24gb-me+1g.24gb+gfx", "1g.24gb+gfx+1g.24gb-me")]
    [InlineData("3g.71gb@4(1c+2c)", "3g.71gb@4(2c+1c)")]
    [InlineData("3g.71gb(3x1c)", "3g.71gb(3x1c)")]
    [InlineData("4x32sm", "4x32sm")]
    [InlineData("3x33%", "3x33%")]
    public void A_layout_prints_itself_in_one_canonical_way(string text, string canonical)
    {
        var layout = Layout.Parse(text);
        Assert.Equal(canonical, layout.ToString());
        Assert.Equal(layout, Layout.Parse(canonical));
    }

    [Theory]
    [InlineData("", 1, "a profile")]
    [InlineData("2x", 3, "a profile")]
    [InlineData("0x1c", 3, "a count of at least 1")]
    [InlineData("1c+", 4, "a profile")]
    [InlineData("1c 1c", 3, "'+'")]
    [InlineData("3g", 2, "a profile")]
    [InlineData("3g.gb", 4, "the memory")]
    [InlineData("1c@", 4, "a start")]
    [InlineData("1c(1c)", 4, "no compute instances")]
    [InlineData("3g.71gb(1c", 11, "')'")]
    [InlineData("3g.71gb(9x1c)", 13, "at most 3 compute instances")]
    [InlineData("1c+1g.5gb", 10, "profiles of one kind only")]
    [InlineData("101%", 5, "at most 100%")]
    [InlineData("9999x1c", 8, "at most 1024 slices")]
    [InlineData("99999999999c", 10, "a profile")]
    public void What_is_not_a_layout_is_refused_with_the_character_and_what_was_expected(string text, int character, string expected)
    {
        Assert.False(Layout.TryParse(text, out _, out var error));
        Assert.Equal(character, error.Position + 1);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_a_hundred_kilobytes_is_refused_in_one_short_sentence()
    {
        Assert.False(Layout.TryParse(string.Join('+', Enumerable.Repeat("1g.5gb", 15_000)), out _, out var error));
        Assert.True(error.ToString().Length < 200);
    }
}
