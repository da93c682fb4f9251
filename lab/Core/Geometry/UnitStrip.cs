using System.Text;

namespace GpuLab.Geometry;

/// <summary>Draws what lies where on a device as a line of text: <c>│3g.71gb        │2g.35gb│·······</c>.</summary>
public static class UnitStrip
{
    /// <summary>Draws slices over the units of a device.</summary>
    /// <param name="units">Units of the whole device.</param>
    /// <param name="slices">First unit, units and label of each; where a label is too long its memory is left out, then its end.</param>
    /// <param name="width">Characters a unit, its left border among them.</param>
    public static string Draw(int units, IEnumerable<(int Start, int Units, string Label)> slices, int width)
    {
        var line = new StringBuilder(units * width + 1);
        var at = 0;
        foreach (var (start, count, label) in slices.OrderBy(s => s.Start))
        {
            // Slices that share their units (compute instances of one GPU instance) are drawn once.
            if (start < at) continue;
            Free(line, start - at, width);
            var room = count * width - 1;
            line.Append('│').Append(Fitted(label, room).PadRight(room));
            at = start + count;
        }
        if (at > 0 && at < units) line.Append('│').Append('·', (units - at) * width - 1);
        else Free(line, units - at, width);
        return line.Append('│').ToString();
    }

    /// <summary>Characters a unit so that a strip of that many units is about as wide as a terminal can show beside a name.</summary>
    public static int Width(int units) => Math.Clamp(72 / units, 2, 9);

    static string Fitted(string label, int room)
    {
        var (dot, gb) = (label.IndexOf('.', StringComparison.Ordinal), label.IndexOf("gb", StringComparison.Ordinal));
        if (label.Length > room && dot > 0 && gb > dot) label = label[..dot] + label[(gb + 2)..];
        return label.Length > room ? label[..room] : label;
    }

    static void Free(StringBuilder line, int units, int width)
    {
        if (units > 0) line.Append('│').Append('·', units * width - 1);
    }
}
