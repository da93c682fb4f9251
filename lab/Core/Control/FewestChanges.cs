using GpuLab.Model;

namespace GpuLab.Control;

/// <summary>
/// The order of things to visit from a start and back to it, at the least cost: exactly for a few, near it for many. Among orders that cost
/// the same, the seed decides.
/// </summary>
static class FewestChanges
{
    /// <summary>Up to here all orders are weighed against each other.</summary>
    const int Exact = 12;

    /// <summary>Up to here a first order is improved by turning stretches of it round.</summary>
    const int Improved = 200;

    /// <param name="count">How many there are.</param>
    /// <param name="cost">Between two of them, the same both ways; <paramref name="count"/> stands for the start.</param>
    public static int[] Order(int count, Func<int, int, int> cost, ulong seed)
    {
        int[] shuffled = [.. Enumerable.Range(0, count)];
        new SplitMix(seed).Shuffle(shuffled.AsSpan());
        if (count <= 1) return shuffled;
        int Between(int a, int b) => cost(a < 0 ? count : shuffled[a], b < 0 ? count : shuffled[b]);
        var order = count <= Exact ? Best(count, Between) : Nearest(count, Between);
        if (count is > Exact and <= Improved) TurnRound(order, Between);
        return [.. order.Select(i => shuffled[i])];
    }

    /// <summary>Held and Karp: the cheapest way to have visited each set and to end at each of its members. −1 is the start.</summary>
    static int[] Best(int count, Func<int, int, int> cost)
    {
        var sets = 1 << count;
        var (least, before) = (new long[sets, count], new int[sets, count]);
        for (var set = 1; set < sets; set++)
        {
            for (var last = 0; last < count; last++)
            {
                if ((set >> last & 1) == 0) continue;
                var rest = set & ~(1 << last);
                (least[set, last], before[set, last]) = (rest == 0 ? cost(-1, last) : long.MaxValue, -1);
                for (var other = 0; other < count; other++)
                {
                    if ((rest >> other & 1) == 0 || least[rest, other] + cost(other, last) >= least[set, last]) continue;
                    (least[set, last], before[set, last]) = (least[rest, other] + cost(other, last), other);
                }
            }
        }
        var all = sets - 1;
        var at = Enumerable.Range(0, count).MinBy(last => least[all, last] + cost(last, -1));
        var order = new int[count];
        for (var i = count - 1; i >= 0; i--)
        {
            order[i] = at;
            var previous = before[all, at];
            all &= ~(1 << at);
            at = previous;
        }
        return order;
    }

    static int[] Nearest(int count, Func<int, int, int> cost)
    {
        var left = Enumerable.Range(0, count).ToList();
        var order = new int[count];
        var at = -1;
        for (var i = 0; i < count; i++)
        {
            at = left.MinBy(next => cost(at, next));
            left.Remove(at);
            order[i] = at;
        }
        return order;
    }

    /// <summary>Until no stretch is cheaper the other way round.</summary>
    static void TurnRound(int[] order, Func<int, int, int> cost)
    {
        int At(int i) => i < 0 || i >= order.Length ? -1 : order[i];
        for (var better = true; better;)
        {
            better = false;
            for (var from = 0; from < order.Length; from++)
            {
                for (var to = from + 1; to < order.Length; to++)
                {
                    if (cost(At(from - 1), At(to)) + cost(At(from), At(to + 1)) >= cost(At(from - 1), At(from)) + cost(At(to), At(to + 1))) continue;
                    Array.Reverse(order, from, to - from + 1);
                    better = true;
                }
            }
        }
    }
}
