using System.CommandLine;
using GpuLab.Control;
using GpuLab.Control.Mig;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab partition plan|apply|assert|export|restore|use</c>: what a GPU is cut into, looked at and changed.</summary>
static class PartitionVerb
{
    public static Command Create() => new("partition", """
        Cuts GPUs with MIG: the plan first, only what must change, everything journalled, and back to what was found after any failure.

        Examples:
          gpulab partition plan 3g.71gb+2x2g.35gb --on gpu:0
          gpulab partition apply 7x1g.18gb --on gpu:0 --wait 30
          gpulab partition apply --config mig-parted.yaml --name all-balanced
          gpulab partition use 2x3g.71gb --run ./measure.sh

        Exit codes: 0 done (assert: as wanted), 1 failed, 2 wrong usage, 3 assert: not as wanted.
        """)
    {
        Plan(), Apply(), Assert(), Export(), Restore(), PartitionUse.Create(),
    };

    static Command Plan()
    {
        var (want, json) = (new PartitionWant(), Options.Json());
        var verb = new Command("plan", "Shows what would be destroyed and created, in which order and where, what stays, and who stands in the way. Changes nothing.") { json };
        want.AddTo(verb);
        verb.SetAction(parse => PartitionView.Plans([.. want.Read(parse).Select(w => (w.Mig, w.Mig.Plan(w.Layout, w.Empty)))], parse.GetValue(json)));
        return verb;
    }

    static Command Apply()
    {
        var (want, change, json) = (new PartitionWant(), new PartitionChange(), Options.Json());
        var verb = new Command("apply", "Cuts GPUs and leaves them so. After a failure each is as it was found; 'restore' goes back also after success.") { json };
        want.AddTo(verb);
        change.AddTo(verb);
        verb.SetAction(async (parse, cancel) =>
        {
            var wanted = want.Read(parse, change.Options(parse));
            // All plans first: nothing is touched where one of them cannot be.
            foreach (var (mig, layout, empty) in wanted) mig.Plan(layout, empty);
            await using var hooks = await change.Before(parse, cancel);
            var done = new List<(MigPartitioner, MigPlan, IReadOnlyList<Slice>)>();
            foreach (var (mig, layout, empty) in wanted)
            {
                var (plan, slices) = await mig.Keep(layout, cancel, empty);
                done.Add((mig, plan, slices));
            }
            PartitionView.Done(done, parse.GetValue(json));
            return CommandLine.Done;
        });
        return verb;
    }

    static Command Assert()
    {
        var (want, json) = (new PartitionWant(), Options.Json());
        var verb = new Command("assert", "Says whether GPUs are cut as wanted: exit code 0, else 3. Changes nothing.") { json };
        want.AddTo(verb);
        verb.SetAction(parse => PartitionView.Asserted([.. want.Read(parse).Select(w => (w.Mig, w.Mig.Plan(w.Layout, w.Empty)))], parse.GetValue(json)));
        return verb;
    }

    static Command Export()
    {
        var (want, json) = (new PartitionWant(layout: false), Options.Json());
        var name = new Option<string>("--name") { Description = "Name of the configuration.", HelpName = "NAME", DefaultValueFactory = _ => "current" };
        var verb = new Command("export", "Writes what GPUs are cut into as a mig-parted file, which 'apply --config' reads.") { json, name };
        want.AddTo(verb);
        verb.SetAction(parse => PartitionView.Export(parse.GetValue(name)!, want.Gpus(parse), parse.GetValue(json)));
        return verb;
    }

    static Command Restore()
    {
        var (want, change) = (new PartitionWant(layout: false), new PartitionChange());
        var verb = new Command("restore", "Brings back what was there before the last change: one that was applied, or one that could not be finished.");
        want.AddTo(verb);
        change.AddTo(verb);
        verb.SetAction(async (parse, cancel) =>
        {
            var gpus = want.Gpus(parse, change.Options(parse));
            await using var hooks = await change.Before(parse, cancel);
            foreach (var (id, mig) in gpus)
            {
                var story = await mig.Restore(cancel);
                Console.Out.WriteLine(story is null ? $"{id}: nothing to restore" : $"{id}: restored: {MigSnapshot.Read(mig.Control).Describe(mig.Geometry)}");
                if (story is not null) PartitionView.Renamed(story.Found, MigSnapshot.Read(mig.Control).WithUuids(mig.Control));
            }
            return CommandLine.Done;
        });
        return verb;
    }
}
