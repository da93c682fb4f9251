using System.Text;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Statistics;

/// <summary>Reads what <see cref="FigureWriter"/> wrote, in the same order. Texts are one object each, so that comparing them costs nothing.</summary>
/// <exception cref="InvalidDataException">The bytes are something else, or of a probe that the catalogue does not have.</exception>
sealed class FigureReader : IDisposable
{
    readonly BinaryReader from;
    string[] texts = [];
    readonly Dictionary<string, (ProbeInfo Probe, Metric Metric)> metrics;
    readonly Dictionary<Parameters, Parameters> known = [];

    public FigureReader(byte[] file, IReadOnlyList<ProbeInfo> catalogue)
    {
        metrics = catalogue.SelectMany(p => p.Metrics, (p, m) => (p, m)).ToDictionary(m => m.m.Id);
        from = new(new MemoryStream(file), Encoding.UTF8);
    }

    public void Dispose() => from.Dispose();

    /// <summary>First: of what has another stamp, the rest is not read.</summary>
    public byte[] Stamp() => from.ReadBytes(FigureWriter.StampLength);

    public IReadOnlyList<Figure> Figures()
    {
        texts = Many(from.ReadString);
        return Many(Figure);
    }

    public IReadOnlyDictionary<(int Cell, string Slice), IReadOnlyDictionary<string, string>> Facts() =>
        Many(() => (Key: (from.ReadInt32(), Text()), Facts: (IReadOnlyDictionary<string, string>)Many(() => (Text(), Text())).ToDictionary())).ToDictionary(f => f.Key, f => f.Facts);

    public IReadOnlyDictionary<int, double> Power() => Many(() => (from.ReadInt32(), from.ReadDouble())).ToDictionary();

    Figure Figure()
    {
        var cell = from.ReadInt32();
        var (layout, mode, slice, profile, id, metricId, beside, kind) = (Text(), Text(), Text(), Text(), Text(), Text(), Text(), Text());
        if (!metrics.TryGetValue(metricId, out var known) || known.Probe.Id != id) throw new InvalidDataException(metricId);
        var (phase, role, worst) = ((Phase)from.ReadByte(), (Role)from.ReadByte(), from.ReadSByte());
        var parameters = Parameters();
        var (samples, repeats) = (from.ReadInt32(), from.ReadInt32());
        var (median, low, high, spread, precision, overlap) = (from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble());
        var quantiles = new Quantiles(from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble());
        var (medians, numbers, flags) = (Many(from.ReadDouble), Many(from.ReadInt32), Many(Text));
        Ceilinged? ceiling = from.ReadBoolean() ? new(from.ReadDouble(), Text(), from.ReadDouble()) : null;
        var proof = from.ReadBoolean() ? new OverlapProof(from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble()) : null;
        return new(cell, layout, mode, slice, profile, phase, known.Probe, parameters, known.Metric, samples, repeats, median, new(low, high, kind), spread, ceiling, flags, double.IsNaN(overlap) ? null : overlap)
        {
            Quantiles = quantiles,
            Precision = precision,
            RepeatMedians = medians,
            RepeatNumbers = numbers,
            Worst = worst < 0 ? null : (Severity)worst,
            Role = role,
            Beside = beside,
            Proof = proof,
        };
    }

    Parameters Parameters()
    {
        var parameters = new Parameters(Many(() =>
        {
            var (name, type, number) = (Text(), (ParameterType)from.ReadByte(), from.ReadDouble());
            return KeyValuePair.Create(name, new ParameterValue(type, number, from.ReadBoolean() ? Text() : null));
        }));
        if (known.TryGetValue(parameters, out var same)) return same;
        return known[parameters] = parameters;
    }

    T[] Many<T>(Func<T> read)
    {
        var items = new T[Count()];
        for (var i = 0; i < items.Length; i++) items[i] = read();
        return items;
    }

    /// <summary>Nothing takes less than a byte, so a greater number is no count.</summary>
    int Count() => from.ReadInt32() is >= 0 and var count && count <= from.BaseStream.Length - from.BaseStream.Position ? count : throw new InvalidDataException("count");

    string Text() => from.ReadInt32() is >= 0 and var number && number < texts.Length ? texts[number] : throw new InvalidDataException("text");
}
