namespace GpuLab.Tests.Running;

public sealed class CommunicatorTests
{
    [Fact]
    public unsafe void What_was_written_before_a_meeting_is_seen_after_it()
    {
        using var ranks = new Ranks(3);
        var sums = ranks.Run(c =>
        {
            var shared = (long*)c.Reserve(4096 * 3);
            var sum = 0L;
            for (var round = 1; round <= 200; round++)
            {
                shared[c.Rank * 512] = round * (c.Rank + 1);
                c.Meet();
                for (var rank = 0; rank < c.Size; rank++) sum += shared[rank * 512];
                c.Meet();
            }
            return sum;
        });
        Assert.All(sums, s => Assert.Equal(6 * 200 * 201 / 2, s));
    }

    /// <summary>The first rank is told to stop at any moment; phase after phase, all have done equally many rounds.</summary>
    [Fact]
    public async Task All_do_as_many_rounds_as_the_first()
    {
        using var ranks = new Ranks(3);
        var all = 0;
        for (var phase = 1L; phase <= 20; phase++)
        {
            ranks.Arena.Stop = false;
            var ends = TimeSpan.FromMilliseconds(phase);
            var number = phase;
            var stopping = Task.Run(async () =>
            {
                await Task.Delay(ends);
                ranks.Arena.Stop = true;
            });
            var rounds = ranks.Run(c =>
            {
                var count = 0;
                while (c.Next(number))
                {
                    count++;
                    if (c.Rank == count % 3) Thread.SpinWait(1000);
                }
                return count;
            });
            await stopping;
            Assert.Single(rounds.Distinct());
            all += rounds[0];
        }
        Assert.True(all > 0);
    }

    [Fact]
    public unsafe void Memory_is_zero_at_first_and_can_be_asked_for_once()
    {
        using var ranks = new Ranks(2);
        Assert.All(ranks.Run(c => c.Reserve(1 << 20)[123456]), b => Assert.Equal(0, b));
        Assert.All(ranks.Run(c => Record.Exception(() => { c.Reserve(4096); })), e => Assert.IsType<InvalidOperationException>(e));
    }
}
