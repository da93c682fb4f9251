using GpuLab.Control;
using GpuLab.Control.Mig;
using GpuLab.Control.Simulated;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Tests.Simulated;

public sealed class MigPartitionerTests
{
    static SimulatedDevice H200(params SimulatedFault[] faults) => new(GpuCatalogue.Get("h200-141gb"), driver: new(Faults: faults));

    static IPartitioner Mig(SimulatedDevice device) => device.Partitioners[0];

    static Layout L(string text) => Layout.Parse(text);

    static string State(SimulatedDevice device) => (device.Mig!.State with { Calls = new Dictionary<string, int>(), Serial = 0 }).ToJson();

    /// <summary>Somebody's layout, as found: one 3g cut in two and one 1g.</summary>
    static void Found(SimulatedMigControl control)
    {
        var large = control.CreateGpuInstance(9, new(4, 4)).Id;
        control.CreateComputeInstance(large, 1, new(0, 2));
        control.CreateComputeInstance(large, 0, new(2, 1));
        control.CreateComputeInstance(control.CreateGpuInstance(19, new(2, 1)).Id, 0, null);
    }

    [Fact]
    public async Task Slices_carry_what_a_worker_needs_to_find_and_prove_them()
    {
        var device = H200();
        await using var partition = await Mig(device).Apply(L("3g.71gb@4(1c+2c)+2g.35gb"), default);
        Assert.Equal(["2g.35gb@0", "2c.3g.71gb@4#0", "1c.3g.71gb@4#1"], partition.Slices.Select(s => s.Name));
        Assert.Equal([0, 1, 2], partition.Slices.Select(s => s.Index));
        Assert.All(partition.Slices, s => Assert.Equal(s.Identity["uuid"], s.Environment["CUDA_VISIBLE_DEVICES"]));
        Assert.Equal("32", partition.Slices[0].Identity["sms"]);
        Assert.Equal((4, 4), (partition.Slices[1].Start, partition.Slices[1].Units));
    }

    [Fact]
    public void Only_what_differs_is_changed()
    {
        var device = H200();
        Found(device.Mig!);
        var steps = ((MigPartitioner)Mig(device)).Plan(L("3g.71gb@4(1c+2c)+2g.35gb@0")).Steps;
        Assert.Equal(
            [new MigStep.DestroyCompute(9, 0), new MigStep.DestroyInstance(9, new(2, 1)), new MigStep.CreateInstance(14, new(0, 2)), new MigStep.CreateCompute(new(0, 2), 2, 0)], steps);
        Assert.Empty(((MigPartitioner)Mig(device)).Plan(L("3g.71gb@4(1c+2c)+1g.18gb@2")).Steps);
    }

    [Fact]
    public async Task What_was_found_comes_back()
    {
        var device = H200();
        Found(device.Mig!);
        var before = MigSnapshot.Read(device.Mig!);
        await using (await Mig(device).Apply(L("7x1g.18gb"), default)) Assert.Equal(7, device.Mig!.GetGpuInstances().Count);
        Assert.True(MigSnapshot.Read(device.Mig!).SameAs(before));
        await using (await Mig(device).Apply(Layout.Whole, default)) Assert.False(device.Mig!.GetMode().Current);
        Assert.True(MigSnapshot.Read(device.Mig!).SameAs(before));
    }

    public static TheoryData<string, NvmlReturn, bool> Calls
    {
        get
        {
            var rows = new TheoryData<string, NvmlReturn, bool>();
            foreach (var call in (string[])["CreateGpuInstance", "CreateComputeInstance", "DestroyGpuInstance", "DestroyComputeInstance", "GetUuid", "GetGpuInstances", "GetComputeInstances", "GetComputeProfiles", "GetComputePlacements"])
            {
                foreach (var status in (NvmlReturn[])[NvmlReturn.InsufficientResources, NvmlReturn.Timeout, NvmlReturn.InUse])
                {
                    rows.Add(call, status, false);
                    rows.Add(call, status, true);
                }
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Whichever_call_fails_once_the_gpu_is_left_as_found_or_cut_as_asked(string call, NvmlReturn status, bool done)
    {
        var struck = 0;
        for (var nth = 1; nth < 60; nth++)
        {
            var store = new SimulatedMigMemory(SimulatedMigState.Initial(true));
            var clean = new SimulatedMigControl(GpuCatalogue.Get("h200-141gb"), store: store);
            Found(clean);
            var before = MigSnapshot.Read(clean);
            var already = clean.State.Calls.GetValueOrDefault(call);
            var device = new SimulatedDevice(GpuCatalogue.Get("h200-141gb"), driver: new(Faults: [new(call, already + nth, status, Done: done)]), store: store);
            try
            {
                await using var partition = await Mig(device).Apply(L("4g.71gb(2x2c)+3g.71gb"), default);
                Assert.Equal(3, partition.Slices.Count);
            }
            catch (PartitionException)
            {
                struck++;
            }
            Assert.True(MigSnapshot.Read(clean).SameAs(before), $"{call} number {nth}: {MigSnapshot.Read(clean)}");
        }
        // A destroy that is in use for a moment is tried again, and one that happened all the same counts as done; any other failure shows.
        var healed = call.StartsWith("Destroy", StringComparison.Ordinal) && (status == NvmlReturn.InUse);
        Assert.Equal(!healed, struck > 0);
    }

    [Theory]
    [InlineData("CreateGpuInstance")]
    [InlineData("CreateComputeInstance")]
    [InlineData("DestroyGpuInstance")]
    [InlineData("DestroyComputeInstance")]
    [InlineData("GetUuid")]
    [InlineData("GetMode")]
    [InlineData("GetGpuInstances")]
    [InlineData("*")]
    public async Task Whichever_call_fails_for_good_nothing_is_claimed_to_be_restored_that_is_not(string call)
    {
        var (restored, admitted) = (0, 0);
        for (var nth = 1; nth < 80; nth++)
        {
            var store = new SimulatedMigMemory(SimulatedMigState.Initial(true));
            var clean = new SimulatedMigControl(GpuCatalogue.Get("h200-141gb"), store: store);
            Found(clean);
            var before = MigSnapshot.Read(clean);
            var already = clean.State.Calls.GetValueOrDefault(call);
            var device = new SimulatedDevice(GpuCatalogue.Get("h200-141gb"), driver: new(Faults: [new(call, already + nth, NvmlReturn.GpuIsLost, ForGood: true)]), store: store);
            try
            {
                await using var partition = await Mig(device).Apply(L("4g.71gb(2x2c)+3g.71gb"), default);
            }
            catch (PartitionException e) when (e.Message.Contains("could not be restored", StringComparison.Ordinal))
            {
                admitted++;
                continue;
            }
            catch (PartitionException)
            {
                restored++;
            }
            Assert.True(MigSnapshot.Read(clean).SameAs(before), $"{call} from number {nth} on");
        }
        Assert.True(restored + admitted > 0);
    }

    [Fact]
    public async Task A_gpu_that_stays_broken_is_reported_with_what_is_there_and_what_was_found()
    {
        var device = H200(new SimulatedFault("CreateGpuInstance", 3, NvmlReturn.GpuIsLost, ForGood: true));
        Found(device.Mig!);
        var error = await Assert.ThrowsAsync<PartitionException>(async () => await Mig(device).Apply(L("7x1g.18gb"), default));
        Assert.Contains("could not be restored", error.Message, StringComparison.Ordinal);
        Assert.Contains("GPU_IS_LOST", error.Message, StringComparison.Ordinal);
        Assert.Contains("3g.71gb@4 (2 compute instances)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_leaves_late_is_waited_for_and_one_that_stays_is_named_as_in_use()
    {
        var device = H200();
        Found(device.Mig!);
        device.Mig!.Hold(1, 2, 0);
        var before = State(device);
        var error = await Assert.ThrowsAsync<PartitionException>(async () => await Mig(device).Apply(L("7x1g.18gb"), default));
        Assert.Contains("IN_USE", error.Message, StringComparison.Ordinal);
        Assert.Contains("as it was found", error.Message, StringComparison.Ordinal);
        Assert.True(device.Clock.Elapsed > TimeSpan.FromSeconds(3));
        Assert.Equal(before, State(device));
    }

    [Fact]
    public async Task On_ampere_a_layout_that_needs_another_mode_is_refused_before_anything_is_touched()
    {
        var device = new SimulatedDevice(GpuCatalogue.Get("a100-40gb"), driver: new(Enabled: false));
        Assert.Contains("reset", Mig(device).Place(L("7x1g.5gb")).Refusal!, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PartitionException>(async () => await Mig(device).Apply(L("7x1g.5gb"), default));
        Assert.Equal(new(false, false), device.Mig!.GetMode());
        await using var whole = await Mig(device).Apply(Layout.Whole, default);
        Assert.Equal("whole", Assert.Single(whole.Slices).Name);
        device.Mig!.SetMode(true);
        Assert.Contains("at the next reset", Mig(device).Place(L("7x1g.5gb")).Refusal!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mode_change_that_only_the_driver_knows_to_need_a_reset_is_taken_back()
    {
        var control = new Secretive(new(GpuCatalogue.Get("a100-40gb"), new(Enabled: false)));
        var error = await Assert.ThrowsAsync<PartitionException>(async () => await new MigPartitioner(control, "gpu:0", NoMigJournal.Instance).Apply(L("7x1g.5gb"), default));
        Assert.Contains("only by a reset", error.Message, StringComparison.Ordinal);
        Assert.Equal(new(false, false), control.GetMode());
    }

    [Fact]
    public async Task A_guest_and_an_impossible_layout_are_refused()
    {
        var guest = new SimulatedDevice(GpuCatalogue.Get("h200-141gb"), driver: new(VgpuGuest: true));
        Assert.Contains("vGPU guest", Mig(guest).Place(L("7x1g.18gb")).Refusal!, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<PartitionException>(async () => await Mig(H200()).Apply(L("8x1g.18gb"), default));
        Assert.Contains("Nearest", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_cut_is_taken_back()
    {
        var device = H200();
        using var cancel = new CancellationTokenSource();
        var journal = new Recording { Act = step => { if (step is MigStep.CreateInstance { Place.Start: 3 }) cancel.Cancel(); } };
        var partitioner = new MigPartitioner(device.Mig!, "sim", journal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await partitioner.Apply(L("7x1g.18gb"), cancel.Token));
        Assert.Empty(device.Mig!.GetGpuInstances());
    }

    [Fact]
    public async Task The_journal_hears_of_each_change_before_it_happens()
    {
        var device = H200();
        var journal = new Recording();
        var partitioner = new MigPartitioner(device.Mig!, "sim", journal);
        journal.Act = step =>
        {
            if (step is MigStep.CreateInstance create) Assert.DoesNotContain(device.Mig!.State.Instances, i => i.Start == create.Place.Start);
        };
        await using (await partitioner.Apply(L("2x3g.71gb"), default)) { }
        Assert.Equal(["begin 4", "before CreateInstance", "after CreateInstance", "before CreateInstance", "after CreateInstance"], journal.Heard.Where(h => !h.Contains("Compute", StringComparison.Ordinal)).Take(5));
        Assert.Equal("end", journal.Heard[^1]);
        Assert.Equal(8, journal.Heard.Count(h => h.StartsWith("before", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task A_journal_that_cannot_be_written_stops_the_change_but_not_the_way_back(int nth, bool forGood)
    {
        var device = H200();
        Found(device.Mig!);
        var before = MigSnapshot.Read(device.Mig!);
        var count = 0;
        var journal = new Recording { Act = _ => { if (++count == nth || (forGood && count > nth)) throw new IOException("disk full"); } };
        var error = await Assert.ThrowsAsync<PartitionException>(async () => await new MigPartitioner(device.Mig!, "sim", journal).Apply(L("7x1g.18gb"), default));
        Assert.Contains("disk full", error.Message, StringComparison.Ordinal);
        Assert.Contains("as it was found", error.Message, StringComparison.Ordinal);
        Assert.True(MigSnapshot.Read(device.Mig!).SameAs(before));
    }

    [Fact]
    public async Task A_compute_instance_comes_back_with_the_profile_it_had()
    {
        var device = H200();
        var doubled = device.Mig!.CreateGpuInstance(15, new(6, 2)).Id;
        device.Mig!.CreateComputeInstance(doubled, 7, null);
        device.Mig!.CreateGpuInstance(14, new(0, 2));
        var before = MigSnapshot.Read(device.Mig!);
        await using (await Mig(device).Apply(L("2x3g.71gb"), default)) { }
        Assert.True(MigSnapshot.Read(device.Mig!).SameAs(before));
        Assert.Empty(MigSnapshot.Read(device.Mig!).Instances[0].Computes);
    }

    [Fact]
    public void Telemetry_and_facts_name_only_what_is_known_and_say_simulated()
    {
        var device = H200();
        Assert.True(device.Facts.Simulated);
        Assert.Contains("simulated", device.Facts.Name, StringComparison.Ordinal);
        Assert.Contains(device.Telemetry.Read(), r => r is { Field: "clock_hz", Value: 1980e6 });
        Assert.DoesNotContain(SimulatedDevice.Open("b300-269gb").Telemetry.Read(), r => r.Field == "clock_hz");
        Assert.Equal(4814.3e9, device.Need("memory_bandwidth").Value);
        Assert.Contains("'sms'", Assert.Throws<GeometryException>(() => SimulatedDevice.Open("b300-269gb").Need("sms")).Message, StringComparison.Ordinal);
        Assert.Equal("none", device.Partitioners[1].Name);
        Assert.NotNull(device.Partitioners[1].Place(L("7x1g.18gb")).Refusal);
    }

    sealed class Recording : IMigJournal
    {
        public List<string> Heard { get; } = [];

        public Action<MigStep> Act { get; set; } = _ => { };

        public ValueTask Begin(string gpu, MigSnapshot found, IReadOnlyList<MigStep> steps, CancellationToken cancel) => Hear($"begin {steps.Count}");

        public ValueTask Before(MigStep step, CancellationToken cancel)
        {
            Act(step);
            return Hear($"before {step.GetType().Name}");
        }

        public ValueTask After(MigStep step, MigGpuInstance? made, CancellationToken cancel) => Hear($"after {step.GetType().Name}");

        public ValueTask End(string gpu, CancellationToken cancel) => Hear("end");

        ValueTask Hear(string what)
        {
            Heard.Add(what);
            return default;
        }
    }

    /// <summary>A driver that does not say whether mode changes need a reset.</summary>
    sealed class Secretive(SimulatedMigControl inner) : IMigControl
    {
        public MigGpu Gpu => inner.Gpu with { ModeNeedsReset = null };

        public MigMode GetMode() => inner.GetMode();

        public NvmlReturn SetMode(bool enabled) => inner.SetMode(enabled);

        public IReadOnlyList<MigProfile> GetProfiles() => inner.GetProfiles();

        public IReadOnlyList<MigPlace> GetPossiblePlacements(int profileId) => inner.GetPossiblePlacements(profileId);

        public int GetRemainingCapacity(int profileId) => inner.GetRemainingCapacity(profileId);

        public MigGpuInstance CreateGpuInstance(int profileId, MigPlace? place) => inner.CreateGpuInstance(profileId, place);

        public IReadOnlyList<MigGpuInstance> GetGpuInstances() => inner.GetGpuInstances();

        public void DestroyGpuInstance(int gpuInstance) => inner.DestroyGpuInstance(gpuInstance);

        public IReadOnlyList<MigComputeProfile> GetComputeProfiles(int gpuInstance) => inner.GetComputeProfiles(gpuInstance);

        public IReadOnlyList<MigPlace> GetComputePlacements(int gpuInstance, int profileId) => inner.GetComputePlacements(gpuInstance, profileId);

        public MigComputeInstance CreateComputeInstance(int gpuInstance, int profileId, MigPlace? place) => inner.CreateComputeInstance(gpuInstance, profileId, place);

        public IReadOnlyList<MigComputeInstance> GetComputeInstances(int gpuInstance) => inner.GetComputeInstances(gpuInstance);

        public void DestroyComputeInstance(int gpuInstance, int computeInstance) => inner.DestroyComputeInstance(gpuInstance, computeInstance);

        public string GetUuid(int gpuInstance, int computeInstance) => inner.GetUuid(gpuInstance, computeInstance);
    }
}
