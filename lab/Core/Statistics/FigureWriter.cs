using System.Text;

namespace GpuLab.Statistics;

/// <summary>The format of <see cref="KeptFigures"/>, written: a stamp, the texts once each, then figures, facts and power by the numbers of their texts.</summary>
sealed class FigureWriter(byte[] stamp) : IDisposable
{
    internal const int StampLength = 32;

    readonly MemoryStream body = new();
    readonly Dictionary<string, int> numbers = [];
    readonly List<string> texts = [];
    BinaryWriter to = null!;

    public void Dispose() => body.Dispose();

    public void Write(RunFigures run)
    {
        to = new(body, Encoding.UTF8, leaveOpen: true);
        Many(run.Figures, Write);
        Many([.. run.Facts], f =>
        {
            to.Write(f.Key.Cell);
            Text(f.Key.Slice);
            Many([.. f.Value], v =>
            {
                Text(v.Key);
                Text(v.Value);
            });
        });
        Many([.. run.Power], p =>
        {
            to.Write(p.Key);
            to.Write(p.Value);
        });
        to.Flush();
    }

    /// <summary>The whole file.</summary>
    public byte[] ToArray()
    {
        using var file = new MemoryStream((int)body.Length + 4096);
        using (var head = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true))
        {
            head.Write(stamp);
            head.Write(texts.Count);
            foreach (var text in texts) head.Write(text);
        }
        body.WriteTo(file);
        return file.ToArray();
    }

    void Write(Figure f)
    {
        to.Write(f.Cell);
        foreach (var text in (string[])[f.Layout, f.Mode, f.Slice, f.Profile, f.Probe.Id, f.Metric.Id, f.Beside, f.Interval.Kind]) Text(text);
        to.Write((byte)f.Phase);
        to.Write((byte)f.Role);
        to.Write((sbyte)(f.Worst is { } worst ? (int)worst : -1));
        Many(f.Parameters, p =>
        {
            Text(p.Key);
            to.Write((byte)p.Value.Type);
            to.Write(p.Value.Number);
            to.Write(p.Value.IsWord);
            if (p.Value.IsWord) Text(p.Value.Word!);
        });
        to.Write(f.Samples);
        to.Write(f.Repeats);
        foreach (var value in (double[])[f.Median, f.Interval.Low, f.Interval.High, f.Spread, f.Precision, f.Overlap ?? double.NaN]) to.Write(value);
        var q = f.Quantiles;
        foreach (var value in (double[])[q.Min, q.P5, q.Q1, q.Q3, q.P95, q.P99, q.Max]) to.Write(value);
        Many(f.RepeatMedians, to.Write);
        Many(f.RepeatNumbers, to.Write);
        Many(f.Flags, Text);
        to.Write(f.Ceiling is not null);
        if (f.Ceiling is { } c)
        {
            to.Write(c.Value);
            Text(c.Source);
            to.Write(c.Share);
        }
        to.Write(f.Proof is not null);
        if (f.Proof is { } proof)
            foreach (var value in (double[])[proof.Window, proof.Skew, proof.Busy, proof.Gap, proof.Rate, proof.Waiting]) to.Write(value);
    }

    void Many<T>(IReadOnlyList<T> items, Action<T> write)
    {
        to.Write(items.Count);
        for (var i = 0; i < items.Count; i++) write(items[i]);
    }

    void Text(string text)
    {
        if (!numbers.TryGetValue(text, out var number))
        {
            numbers[text] = number = texts.Count;
            texts.Add(text);
        }
        to.Write(number);
    }
}
