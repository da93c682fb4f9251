using System.Globalization;

namespace GpuLab.Probes.Trace;

/// <summary>Numbers of SMs for people: <c>0-13, 16-27</c>.</summary>
static class SmList
{
    /// <param name="numbers">Ascending.</param>
    public static string Text(IReadOnlyList<uint> numbers)
    {
        var parts = new List<string>();
        for (var i = 0; i < numbers.Count;)
        {
            var from = i;
            while (++i < numbers.Count && numbers[i] == numbers[i - 1] + 1)
            {
            }
            parts.Add(i - from == 1 ? numbers[from].ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{numbers[from]}-{numbers[i - 1]}"));
        }
        return string.Join(", ", parts);
    }
}
