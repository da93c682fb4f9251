using GpuLab.Control;
using GpuLab.Control.Mig;

namespace GpuLab.Tests.Mig;

/// <summary>Only what a transaction did is undone.</summary>
public sealed class LedgerTests
{
    static readonly MigMode on = new(true, true);

    static MigSnapshot.Instance At(int profile, int start, int size) => new(start, profile, new(start, size), [new(0, 0, new(0, 1))]);

    static MigLedger After(MigSnapshot found, params MigStep[] steps)
    {
        var ledger = new MigLedger(found);
        foreach (var step in steps)
        {
            ledger.Before(step);
            ledger.After(step);
        }
        return ledger;
    }

    [Fact]
    public void What_others_created_stays_and_what_others_destroyed_is_not_made_again()
    {
        var found = new MigSnapshot(on, [At(19, 0, 1), At(19, 1, 1)]);
        var ledger = After(found, new MigStep.DestroyInstance(0, new(0, 1)), new MigStep.CreateInstance(9, new(4, 4)));
        var back = ledger.Back(new(on, [At(19, 2, 1), At(9, 4, 4)]));
        Assert.Empty(back.Blocked);
        Assert.Equal([new MigStep.DestroyCompute(4, 0), new MigStep.DestroyInstance(4, new(4, 4)), new MigStep.CreateInstance(19, new(0, 1)), new MigStep.CreateCompute(new(0, 1), 1, 0, 0)], back.Steps);
    }

    [Fact]
    public void Where_something_foreign_lies_on_the_place_that_is_said_and_it_stays()
    {
        var found = new MigSnapshot(on, [At(9, 0, 4)]);
        var ledger = After(found, new MigStep.DestroyInstance(0, new(0, 4)));
        var back = ledger.Back(new(on, [At(14, 2, 2)]));
        Assert.Empty(back.Steps);
        Assert.Contains("{0,4} cannot come back", Assert.Single(back.Blocked), StringComparison.Ordinal);
        Assert.False(back.Arrived);
    }

    [Fact]
    public void A_step_that_was_announced_may_have_happened_and_is_undone()
    {
        var ledger = new MigLedger(new(on, []));
        ledger.Before(new MigStep.CreateInstance(9, new(4, 4)));
        Assert.Contains(new MigStep.DestroyInstance(4, new(4, 4)), ledger.Back(new(on, [At(9, 4, 4)])).Steps);
        Assert.True(ledger.Back(new(on, [])).Arrived);
        ledger.Before(new MigStep.DestroyInstance(4, new(4, 4)));
        ledger.After(new MigStep.DestroyInstance(4, new(4, 4)));
        Assert.True(ledger.Back(new(on, [At(9, 4, 4)])).Arrived);
    }

    [Fact]
    public async Task A_journal_is_read_as_it_was_written_and_a_torn_line_never_happened()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using var journal = new FileMigJournal(folder, folder);
            var found = new MigSnapshot(on, [At(9, 4, 4)]);
            MigStep[] steps = [new MigStep.DestroyCompute(4, 0), new MigStep.DestroyInstance(4, new(4, 4)), new MigStep.SetMode(false)];
            await journal.Begin("GPU-x", found, steps, default);
            foreach (var step in steps)
            {
                await journal.Before(step, default);
                await journal.After(step, null, default);
            }
            await File.AppendAllTextAsync(journal.PathOf("GPU-x"), "{\"record\":\"ended\"");
            var story = journal.Story("GPU-x")!;
            Assert.Equal((MigEnding.Open, Environment.ProcessId), (story.Ending, story.Pid));
            Assert.True(story.Found.SameAs(found));
            Assert.Equal([new MigStep.SetMode(true), new MigStep.CreateInstance(9, new(4, 4)), new MigStep.CreateCompute(new(4, 4), 1, 0, 0)], story.Ledger.Back(new(default, [])).Steps);
            await journal.Resume(story, default);
            await journal.Stuck("GPU-x", "lost");
            Assert.Equal((MigEnding.Open, "lost"), (journal.Story("GPU-x")!.Ending, journal.Story("GPU-x")!.Reason));
            await journal.End("GPU-x", default);
            Assert.Equal(MigEnding.Restored, journal.Story("GPU-x")!.Ending);
            await File.WriteAllTextAsync(journal.PathOf("GPU-x"), "rubbish\n");
            Assert.Contains("line 1", Assert.Throws<PartitionException>(() => journal.Story("GPU-x")).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
