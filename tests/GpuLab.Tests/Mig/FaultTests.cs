using GpuLab.Control;
using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using GpuLab.Model;

namespace GpuLab.Tests.Mig;

/// <summary>Every code at every call: the GPU ends as found or as wanted, or says that it does not.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class FaultTests
{
    static readonly Layout wanted = Layout.Parse("4g.71gb@0(2x2c)+3g.71gb@4");

    static readonly MigOptions quick = new(Pause: (_, _) => Task.CompletedTask);

    public static TheoryData<int> Codes => [.. Enum.GetValues<NvmlReturn>().Where(c => c != NvmlReturn.Success).Select(c => (int)c)];

    /// <summary>Somebody's layout: a 3g cut in two and a 1g; applying and restoring then takes creates, destroys and parts of both.</summary>
    static MigSnapshot Found(NvmlMigControl control)
    {
        foreach (var g in control.GetGpuInstances())
        {
            foreach (var c in control.GetComputeInstances(g.Id)) control.DestroyComputeInstance(g.Id, c.Id);
            control.DestroyGpuInstance(g.Id);
        }
        var large = control.CreateGpuInstance(9, new(4, 4)).Id;
        control.CreateComputeInstance(large, 1, new(0, 2));
        control.CreateComputeInstance(large, 0, new(2, 1));
        control.CreateComputeInstance(control.CreateGpuInstance(19, new(2, 1)).Id, 0, null);
        return MigSnapshot.Read(control);
    }

    /// <summary>The calls of one apply and restore, in order.</summary>
    static int Calls(NvmlDouble machine, MigPartitioner mig)
    {
        machine.Write("log", "\n");
        File.WriteAllText(Path.Combine(machine.Folder, "log"), "");
        mig.Apply(wanted, default).AsTask().Result.DisposeAsync().AsTask().Wait();
        var count = machine.Log.Count;
        machine.Write("log", "");
        return count;
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_code_that_strikes_once_at_any_call_leaves_the_gpu_as_found_or_as_wanted(int code)
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        var mig = new MigPartitioner(control, "gpu:0", machine.Journal(), quick);
        // The first time asks for profiles as well.
        _ = Calls(machine, mig);
        var calls = Calls(machine, mig);
        var total = machine.Count;
        // All codes at all calls is for scripts/mig-kill-test; here every call meets some codes, and every code some calls.
        var stride = Thorough.Wanted ? 1 : 61;
        for (var nth = 1 + code % stride; nth <= calls; nth += stride)
        {
            machine.Write("faults", FormattableString.Invariant($"* {total + nth} {code}"));
            var cut = false;
            try
            {
                await using (await mig.Apply(wanted, default)) cut = true;
            }
            catch (PartitionException e)
            {
                Assert.Contains("nvml", e.Message, StringComparison.Ordinal);
                Assert.False(cut, $"restoring after call {nth}: {e.Message}");
            }
            machine.Write("faults", "");
            Assert.True(MigSnapshot.Read(control).SameAs(found), $"code {code} at call {nth}");
            Assert.Equal(MigEnding.Restored, machine.Journal().Story(machine.Uuids[0])!.Ending);
            total = machine.Count;
        }
    }

    [Theory]
    [InlineData(NvmlReturn.GpuIsLost, "GPU_IS_LOST")]
    [InlineData(NvmlReturn.InUse, "IN_USE")]
    public async Task A_fault_that_stays_is_owed_and_paid_when_it_is_gone(NvmlReturn code, string said)
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        var mig = new MigPartitioner(control, "gpu:0", machine.Journal(), quick);
        // The first time asks for profiles as well.
        _ = Calls(machine, mig);
        var calls = Calls(machine, mig);
        var owed = 0;
        for (var nth = 1; nth <= calls; nth += Thorough.Wanted ? 1 : 11)
        {
            machine.Write("faults", FormattableString.Invariant($"* {machine.Count + nth} {(int)code} always"));
            var error = await Assert.ThrowsAsync<PartitionException>(async () =>
            {
                await using var partition = await mig.Apply(wanted, default);
            });
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
            var story = machine.Journal().Story(machine.Uuids[0])!;
            if (error.Message.Contains("needs-restore", StringComparison.Ordinal))
            {
                owed++;
                Assert.Equal(MigEnding.Open, story.Ending);
                Assert.Contains(said, story.Reason!, StringComparison.Ordinal);
                // Another start of the program meets the same fault first, then a GPU that works again.
                await Assert.ThrowsAnyAsync<Exception>(async () => await new MigPartitioner(control, "gpu:0", machine.Journal(), quick).Recover(default));
                machine.Write("faults", "");
                await new MigPartitioner(control, "gpu:0", machine.Journal(), quick).Recover(default);
            }
            machine.Write("faults", "");
            Assert.True(MigSnapshot.Read(control).SameAs(found), $"from call {nth} on: {error.Message}");
            Assert.Equal(MigEnding.Restored, machine.Journal().Story(machine.Uuids[0])!.Ending);
        }
        Assert.True(owed > 5);
    }

    /// <summary>A sweep through several layouts, whose transaction stays open from the first to the last.</summary>
    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_code_that_strikes_once_in_a_series_of_layouts_leaves_the_gpu_as_found(int code)
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        var mig = new MigPartitioner(control, "gpu:0", machine.Journal(), quick);
        Layout[] layouts = [wanted, Layout.Parse("3g.71gb@4+2g.35gb@0"), Layout.Parse("7x1g.18gb")];
        async Task Go()
        {
            await using var series = await mig.Begin(default);
            foreach (var layout in layouts) await using (await series.Next(layout, anew: false, default)) { }
        }

        // The first time asks for profiles as well.
        await Go();
        var before = machine.Count;
        await Go();
        var (calls, total) = (machine.Count - before, machine.Count);
        var stride = Thorough.Wanted ? 1 : 151;
        for (var nth = 1 + code % stride; nth <= calls; nth += stride)
        {
            machine.Write("faults", FormattableString.Invariant($"* {total + nth} {code}"));
            try
            {
                await Go();
            }
            catch (PartitionException e)
            {
                Assert.Contains("nvml", e.Message, StringComparison.Ordinal);
            }
            machine.Write("faults", "");
            Assert.True(MigSnapshot.Read(control).SameAs(found), $"code {code} at call {nth}");
            var story = machine.Journal().Story(machine.Uuids[0])!;
            Assert.True(story.Ending == MigEnding.Restored, $"code {code} at call {nth} of {calls}: {story.Ending}, {story.Reason}");
            total = machine.Count;
        }
    }
}
