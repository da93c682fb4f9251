using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>A sweep while it is being read, with the defaults of what is left out.</summary>
sealed class SweepDraft
{
    public string Name { get; set; } = "";

    public DeviceId Device { get; set; } = DeviceId.Auto;

    public string? Partitioner { get; set; }

    public IReadOnlyList<Placed<LayoutChoice>> Layouts { get; set; } = [new(new LayoutChoice.Written(Layout.Whole, new(1, 1)), new(1, 1))];

    public IReadOnlyList<Placed<Mode>> Modes { get; set; } = [new(Mode.Solo, new(1, 1))];

    public IReadOnlyList<Placed<ProbeChoice>> Probes { get; set; } = [];

    public IReadOnlyList<Placed<ProbeChoice>> Aggressors { get; set; } = [];

    public IReadOnlyList<Placed<MixedWork>> Mixed { get; set; } = [];

    public IReadOnlyList<Placed<double>> Dial { get; set; } = [];

    public IReadOnlyList<Placed<Exclusion>> Exclude { get; set; } = [];

    public IReadOnlyList<Placed<string>> Tags { get; set; } = [];

    public int Repeats { get; set; } = 3;

    public bool CutEachRepeat { get; set; }

    public double? Budget { get; set; }

    public ulong Seed { get; set; } = 1;

    public Stopping Effort { get; set; } = Stopping.Normal;

    public double? Precision { get; set; }

    public int? MinSamples { get; set; }

    public Placed<double>? MinTime { get; set; }

    public Placed<double>? MaxTime { get; set; }

    public double? Warmup { get; set; }

    /// <summary>Where things stand that a device may still refuse: <c>partitioner</c>, <c>modes/0</c>, <c>probes/2</c>.</summary>
    public Dictionary<string, TextPlace> Places { get; } = [];

    /// <summary>The effort's rule with what the sweep sets itself.</summary>
    public Stopping Stopping => new(Precision ?? Effort.Precision, MinSamples ?? Effort.MinSamples, MinTime?.Value ?? Effort.MinTime, MaxTime?.Value ?? Effort.MaxTime, Warmup ?? Effort.Warmup);

    public Sweep ToSweep(string text, string file)
    {
        Place("modes", Modes);
        Place("probes", Probes);
        Place("exclude", Exclude);
        Place("aggressors", Aggressors);
        var sweep = new Sweep(Name, Device, Partitioner, Values(Layouts), Values(Modes), Values(Probes), Values(Exclude), Stopping, Repeats, Budget, Seed)
        {
            Text = text, Tags = Values(Tags), File = file, Places = Places, Aggressors = Values(Aggressors), Mixed = Values(Mixed), CutEachRepeat = CutEachRepeat,
        };
        return Dial.Count == 0 ? sweep : sweep with { Dial = [.. Values(Dial).Order()] };
    }

    void Place<T>(string key, IReadOnlyList<Placed<T>> items)
    {
        for (var i = 0; i < items.Count; i++) Places[Sweep.PlaceKey(key, i)] = items[i].Place;
    }

    static T[] Values<T>(IReadOnlyList<Placed<T>> items) => [.. items.Select(i => i.Value)];
}
