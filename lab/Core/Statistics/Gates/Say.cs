using System.Globalization;
using System.Runtime.CompilerServices;

namespace GpuLab.Statistics.Gates;

/// <summary>Sentences with numbers, the same in every culture.</summary>
static class Say
{
    public static string Text(ref DefaultInterpolatedStringHandler text) => string.Create(CultureInfo.InvariantCulture, ref text);
}
