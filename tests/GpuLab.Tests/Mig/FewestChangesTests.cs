using GpuLab.Control;

namespace GpuLab.Tests.Mig;

public sealed class FewestChangesTests
{
    static int[,] Costs(int count, int seed)
    {
        var random = new Random(seed);
        var costs = new int[count + 1, count + 1];
        for (var a = 0; a <= count; a++)
        {
            for (var b = 0; b < a; b++) costs[a, b] = costs[b, a] = random.Next(1, 50);
        }
        return costs;
    }

    static int Length(int[] order, int[,] costs) => order.Append(costs.GetLength(0) - 1).Zip(order.Prepend(costs.GetLength(0) - 1)).Sum(p => costs[p.First, p.Second]);

    static IEnumerable<int[]> All(int[] items) => items.Length == 0 ? [[]]
        : items.SelectMany(i => All([.. items.Where(x => x != i)]), (i, rest) => (int[])[i, .. rest]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void The_cheapest_of_all_orders_is_found(int count)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var costs = Costs(count, seed);
            var order = FewestChanges.Order(count, (a, b) => costs[a, b], (ulong)seed);
            Assert.Equal(Enumerable.Range(0, count), order.Order());
            Assert.Equal(All([.. Enumerable.Range(0, count)]).Min(o => Length(o, costs)), Length(order, costs));
        }
    }

    [Fact]
    public void Many_are_ordered_far_better_than_by_chance()
    {
        var costs = Costs(100, 1);
        var order = FewestChanges.Order(100, (a, b) => costs[a, b], 1);
        Assert.Equal(Enumerable.Range(0, 100), order.Order());
        Assert.True(Length(order, costs) * 4 < Length([.. Enumerable.Range(0, 100)], costs));
    }

    [Fact]
    public void Where_all_orders_cost_the_same_the_seed_decides_and_keeps_its_word()
    {
        var orders = Enumerable.Range(0, 50).Select(seed => string.Join(' ', FewestChanges.Order(6, (_, _) => 1, (ulong)seed))).ToArray();
        Assert.True(orders.Distinct().Count() > 30);
        Assert.Equal(orders, Enumerable.Range(0, 50).Select(seed => string.Join(' ', FewestChanges.Order(6, (_, _) => 1, (ulong)seed))));
    }

    [Fact]
    public void Nothing_has_an_order_too() => Assert.Empty(FewestChanges.Order(0, (_, _) => 1, 1));
}
