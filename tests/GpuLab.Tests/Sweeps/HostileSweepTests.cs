using System.Text;
using GpuLab.Model;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Sweeps;

/// <summary>Texts made to exhaust or confuse a reader. A hang or a crash here is a failure of the whole test run; memory is counted.</summary>
public class HostileSweepTests
{
    const string Head = "name: t\nprobes: [mem.read]\n";
    const int Million = 1_000_000;

    /// <summary>What reading may allocate in all, however little the text is worth.</summary>
    const long Most = 400L << 20;

    public static TheoryData<string, string> Texts => new()
    {
        { "deep flow", new string('[', Million) },
        { "deep flow maps", string.Concat(Enumerable.Repeat("{a: ", 200_000)) },
        { "deep blocks", string.Concat(Enumerable.Repeat("- ", 400_000)) + "x" },
        { "deep closed", Head + "tags: " + new string('[', 1000) + new string(']', 1000) },
        { "long scalar", "name: " + new string('a', Million) + "\nprobes: [mem.read]\n" },
        { "long quoted scalar", "name: \"" + new string('a', Million) },
        { "long key", new string('k', Million) + ": 1\n" },
        { "long number", Head + "repeats: " + new string('9', Million) + "\n" },
        { "long unit", Head + "budget: 1" + new string('s', Million) + "\n" },
        { "long layout", Head + "layouts: " + string.Join('+', Enumerable.Repeat("1c", 300_000)) + "\n" },
        { "counted layout", Head + "layouts: 999999999x1c\n" },
        { "many items", Head + "tags: [" + string.Join(',', Enumerable.Range(0, 150_000)) + "]\n" },
        { "many nodes", Head + "tags: [" + string.Join(',', Enumerable.Repeat("a", 400_000)) + "]\n" },
        { "many keys", Head + string.Concat(Enumerable.Range(0, 80_000).Select(i => $"k{i}: 1\n")) },
        { "many probes", "name: t\nprobes:\n" + string.Concat(Enumerable.Repeat("- mem.read\n", 90_000)) },
        { "many ranges", "name: t\nprobes:\n" + string.Concat(Enumerable.Repeat("- {probe: mem.read, bytes: {from: 1MiB, to: 2MiB, step: 1B}}\n", 15_000)) },
        { "billion laughs", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n" },
        { "cycle", "name: &a [*a]\n" },
        { "merge key", "x: &x {name: t}\n<<: *x\nprobes: [mem.read]\n" },
        { "many anchors", string.Concat(Enumerable.Range(0, 50_000).Select(i => $"k{i}: &a{i} 1\n")) },
        { "escapes", "name: \"\\x41\\u0041\\U00110000\"\n" },
        { "directives", "%YAML 9.9\n---\n" + Head },
        { "only colons", new string(':', Million) },
        { "only dashes", new string('-', Million) },
        { "only question marks", string.Concat(Enumerable.Repeat("? ", 300_000)) },
        { "only comments", string.Concat(Enumerable.Repeat("#\n", 400_000)) },
        { "blank lines", new string('\n', Million) },
        { "too long", new string(' ', (1 << 20) + 1) },
        { "folded", Head + "tags: >" + string.Concat(Enumerable.Repeat("\n  a", 200_000)) },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_hostile_text_is_refused_in_little_memory(string name, string text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = SweepReader.Read(text, name, TestCatalogue.Probes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Null(reading.Sweep);
        Assert.NotEmpty(reading.Errors);
        Assert.All(reading.Errors, e => Assert.InRange(e.Message.Length, 1, 2000));
        Assert.True(allocated < Most, $"{name}: {allocated} bytes");
    }

    [Fact]
    public void Every_prefix_and_every_damaged_copy_of_a_good_sweep_is_read_or_refused()
    {
        const string good = GoodSweepTests.Everything;
        const string damage = "\0\t\n :-?[]{}&*!|>'\"%@`#,~<=\\\uFEFF\u0085é\ud83d";
        var random = new SplitMix(7);
        for (var i = 0; i < good.Length; i++) Try(good[..i]);
        for (var i = 0; i < 3000; i++)
        {
            var text = new StringBuilder(good);
            for (var hits = random.Below(4); hits >= 0; hits--)
            {
                var at = random.Below(text.Length);
                if (random.Below(3) == 0) text.Remove(at, Math.Min(random.Below(20), text.Length - at));
                else text.Insert(at, damage[random.Below(damage.Length)]);
            }
            Try(text.ToString());
        }

        static void Try(string text)
        {
            var reading = SweepReader.Read(text, "t.yaml", TestCatalogue.Probes);
            Assert.True(reading.Sweep is null != (reading.Errors.Count == 0), text);
            Assert.All(reading.Errors, e => Assert.True(e.Place is { Line: > 0, Column: > 0 }));
        }
    }

    [Fact]
    public void Random_bytes_are_refused_as_a_file()
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = new byte[4096];
            new Random(1).NextBytes(bytes);
            File.WriteAllBytes(path, bytes);
            Assert.NotEmpty(SweepReader.ReadFile(path, TestCatalogue.Probes).Errors);

            File.WriteAllBytes(path, [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Head)]);
            Assert.Contains("UTF-16", Assert.Single(SweepReader.ReadFile(path, TestCatalogue.Probes).Errors).Message, StringComparison.Ordinal);

            File.WriteAllBytes(path, [.. "name: t"u8, 0xE9, .. "\nprobes: [mem.read]\n"u8]);
            var error = Assert.Single(SweepReader.ReadFile(path, TestCatalogue.Probes).Errors);
            Assert.Equal(new TextPlace(1, 8), error.Place);
            Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);

            File.WriteAllBytes(path, new byte[(1 << 20) + 1]);
            Assert.Contains("bytes", Assert.Single(SweepReader.ReadFile(path, TestCatalogue.Probes).Errors).Message, StringComparison.Ordinal);

            File.WriteAllText(path, Head, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            Assert.NotNull(SweepReader.ReadFile(path, TestCatalogue.Probes).Sweep);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
