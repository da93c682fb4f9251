using System.CommandLine;
using System.Text.Json;
using GpuLab.Cli.Verbs;
using GpuLab.Control;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Tests.Geometry;

public sealed class VerbTests
{
    static string Run(params string[] arguments) => On(2, arguments);

    static string On(int cores, params string[] arguments)
    {
        using var output = new StringWriter();
        var root = new RootCommand { ProfilesVerb.Create(_ => new Cores(cores), output), LayoutsVerb.Create(_ => new Cores(cores), output) };
        var parsed = root.Parse(arguments);
        Assert.Empty(parsed.Errors);
        Assert.Equal(0, parsed.Invoke(new() { EnableDefaultExceptionHandler = false }));
        return output.ToString();
    }

    [Fact]
    public void Layouts_are_drawn_as_the_units_they_occupy()
    {
        var text = Run("layouts", "--on", "sim:h200-141gb", "--maximal");
        Assert.Contains("│4g.71gb                            │3g.71gb                            │  4g.71gb+3g.71gb", text, StringComparison.Ordinal);
        Assert.Contains("│1g.18gb │1g.18gb │1g.18gb │1g.18gb │1g.18gb │1g.18gb │1g.18gb │········│  7x1g.18gb", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--placements")]
    [InlineData("--ci")]
    [InlineData("--maximal")]
    [InlineData("--empty")]
    [InlineData("--containing", "3g.20gb")]
    [InlineData("--ci", "partial", "--maximal")]
    public void The_number_is_that_of_the_lines_and_of_the_json(params string[] options)
    {
        var count = int.Parse(Run(["layouts", "--on", "sim:a100-40gb", "--count", .. options]), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(count > 1);
        Assert.Equal(count, Run(["layouts", "--on", "sim:a100-40gb", .. options]).Split('\n').Count(l => l.StartsWith('│')));
        using var json = JsonDocument.Parse(Run(["layouts", "--on", "sim:a100-40gb", "--json", .. options]));
        Assert.Equal(count, json.RootElement.GetProperty("count").GetInt32());
        Assert.Equal(count, json.RootElement.GetProperty("layouts").GetArrayLength());
    }

    [Fact]
    public void Profiles_show_a_dash_where_nothing_is_known()
    {
        var text = Run("profiles", "--on", "sim:b300-269gb");
        Assert.Contains("3g.135gb 2 4 0 4 – – – –", string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("inferred", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Run("profiles", "--on", "sim:thor-igpu", "--json"));
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("memory_units").ValueKind);
    }

    [Fact]
    public void A_device_without_mig_answers_through_its_partitioner()
    {
        Assert.Contains("2c      fits 1", Run("profiles", "--on", "host"), StringComparison.Ordinal);
        Assert.Equal("3", Run("layouts", "--on", "host", "--count").Trim());
        Assert.Contains("2x1c", Run("layouts", "--on", "host", "--maximal"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--maximal")]
    [InlineData("--empty")]
    [InlineData("--containing", "3c")]
    public void Arithmetic_counts_what_a_host_lists(params string[] options)
    {
        var listed = On(12, ["layouts", "--on", "host", .. options]).Split('\n').Count(l => l.StartsWith('│'));
        var query = new LayoutQuery(Maximal: options is ["--maximal"], Empty: options is ["--empty"], Containing: options is ["--containing", ..] ? new(ProfileKind.Cores, 3) : null);
        Assert.Equal(listed, (int)LayoutsVerb.CountMultisets([.. Enumerable.Range(1, 12).Select(n => new Profile(ProfileKind.Cores, n))], 12, query));
    }

    [Fact]
    public void Layouts_of_two_hundred_cores_are_counted_without_being_listed()
    {
        // Partitions of 200, the last and largest of the sums: p(200) = 3 972 999 029 388.
        Assert.Equal("3972999029388", On(200, "layouts", "--on", "host", "--count", "--maximal").Trim());
    }

    [Theory]
    [InlineData("layouts", "--on", "sim:h300")]
    [InlineData("layouts", "--on", "sim:a100-40gb", "--containing", "3g.71gb")]
    [InlineData("layouts", "--on", "sim:a100-40gb", "--containing", "2x3g.20gb")]
    [InlineData("layouts", "--on", "sim:thor-igpu")]
    [InlineData("layouts", "--on", "host", "--placements")]
    [InlineData("profiles", "--on", "sim:a100-40gb", "--geometry", "/nowhere.yaml")]
    public void Wrong_questions_get_a_sentence(params string[] arguments) => Assert.Throws<GeometryException>(() => Run(arguments));

    [Fact]
    public void A_device_that_is_none_is_refused_while_parsing() =>
        Assert.NotEmpty(LayoutsVerb.Create(_ => new Cores(2), TextWriter.Null).Parse(["--on", "h200"]).Errors);

    /// <summary>A host of some cores: as little of a device as the verbs need.</summary>
    sealed class Cores(int count) : IDevice, IPartitioner
    {
        public DeviceId Id => DeviceId.Host;

        public DeviceFacts Facts => throw new NotSupportedException();

        public IReadOnlyList<IPartitioner> Partitioners => [this];

        public ITelemetry Telemetry => throw new NotSupportedException();

        public string Name => "cores";

        public (int Count, string Name) Units => (count, "cores");

        public Placement Place(Layout layout)
        {
            if (layout.Items.Sum(i => i.Profile.Size) > count) return Placement.Refused("too many cores");
            var start = 0;
            return new([.. layout.Items.Select((item, i) => new Slice(i, $"{item.Profile}@{start}", item.Profile.ToString(), (start += item.Profile.Size) - item.Profile.Size, item.Profile.Size, [], new Dictionary<string, string>()))]);
        }

        public ValueTask<Partition> Apply(Layout layout, CancellationToken cancel) => throw new NotSupportedException();
    }
}
