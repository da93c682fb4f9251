using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuLab.Control;
using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using GpuLab.Control.Simulated;
using GpuLab.Model;

namespace GpuLab.Cli.Verbs;

/// <summary>What the partition verbs print: sentences for people, one JSON array for scripts.</summary>
static class PartitionView
{
    public static int Plans(IReadOnlyList<(MigPartitioner Mig, MigPlan Plan)> plans, bool json)
    {
        if (json) Json(plans, (writer, one) => Plan(writer, one.Mig, one.Plan));
        else foreach (var (mig, plan) in plans) Text(mig, plan);
        return CommandLine.Done;
    }

    public static int Asserted(IReadOnlyList<(MigPartitioner Mig, MigPlan Plan)> plans, bool json)
    {
        if (json) Json(plans, (writer, one) => Plan(writer, one.Mig, one.Plan));
        else foreach (var (mig, plan) in plans) Console.Out.WriteLine($"{mig.Control.Gpu.Uuid}: {(plan.Steps.Count == 0 ? "as wanted" : $"not as wanted: {plan.Found.Describe(mig.Geometry)}")}");
        return plans.All(p => p.Plan.Steps.Count == 0) ? CommandLine.Done : CommandLine.Worse;
    }

    public static void Done(IReadOnlyList<(MigPartitioner Mig, MigPlan Plan, IReadOnlyList<Slice> Slices)> done, bool json)
    {
        if (json)
        {
            Json(done, (writer, one) =>
            {
                Plan(writer, one.Mig, one.Plan);
                writer.WriteStartArray("slices");
                foreach (var slice in one.Slices)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", slice.Name);
                    writer.WriteString("uuid", slice.Identity["uuid"]);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            });
            return;
        }
        foreach (var (mig, plan, slices) in done)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mig.Control.Gpu.Uuid}: {plan.Layout}, {plan.Steps.Count} changes"));
            foreach (var slice in slices) Console.Out.WriteLine($"  {slice.Name}  {slice.Identity["uuid"]}");
        }
    }

    public static int Export(string name, IReadOnlyList<(DeviceId Id, MigPartitioner Mig)> gpus, bool json)
    {
        var states = gpus.Select((gpu, i) => (Index: gpu.Mig.Control is NvmlMigControl control ? NvmlDriver.IndexOf(control.Gpu.Uuid) : i, State: MigSnapshot.Read(gpu.Mig.Control), Model: gpu.Mig.Geometry)).ToArray();
        if (!json) Console.Out.Write(MigPartedText.Of(name, states));
        else Json(states, (writer, one) =>
        {
            writer.WriteNumber("device", one.Index);
            writer.WriteBoolean("mig_enabled", one.State.Mode.Current);
            writer.WriteString("layout", MigPartedText.Layout(one.State, one.Model)?.ToString());
        });
        return CommandLine.Done;
    }

    /// <summary>Old → new, since whoever configured them by UUID needs to know.</summary>
    public static void Renamed(MigSnapshot found, MigSnapshot now)
    {
        foreach (var (was, instance) in found.Instances.SelectMany(f => now.Instances.Where(n => n.Place == f.Place && n.ProfileId == f.ProfileId).Select(n => (f, n))))
        {
            foreach (var compute in instance.Computes)
            {
                var old = was.Computes.FirstOrDefault(c => c.Place == compute.Place)?.Uuid;
                if (old is not null && old != compute.Uuid) Console.Out.WriteLine($"  {old} → {compute.Uuid}");
            }
        }
    }

    static void Text(MigPartitioner mig, MigPlan plan)
    {
        var output = Console.Out;
        output.WriteLine($"{mig.Control.Gpu.Name} ({mig.Control.Gpu.Uuid})");
        output.WriteLine($"  there now   {plan.Found.Describe(mig.Geometry)}");
        output.WriteLine($"  wanted      {plan.Layout}");
        foreach (var step in plan.Steps) output.WriteLine($"  would       {Say(step, mig)}");
        foreach (var one in plan.Untouched) output.WriteLine($"  untouched   {Name(mig, one.ProfileId)}@{one.Place.Start}");
        foreach (var holder in plan.Holders) output.WriteLine($"  in the way  {holder.Describe()}");
        output.WriteLine(plan.Steps.Count == 0 ? "Nothing to do." : string.Create(CultureInfo.InvariantCulture, $"{plan.Steps.Count} changes, about {mig.Times.Of(plan.Steps):0.#} s, {mig.Times.Source(plan.Steps)}.{(plan.ChangesMode ? " Needs --allow-mode-change." : "")} Nothing was touched."));
    }

    static string Say(MigStep step, MigPartitioner mig) => step switch
    {
        MigStep.SetMode mode => $"switch MIG mode {(mode.Enabled ? "on" : "off")}",
        MigStep.DestroyCompute compute => string.Create(CultureInfo.InvariantCulture, $"destroy compute instance {compute.ComputeInstance} of GPU instance {compute.GpuInstance}"),
        MigStep.DestroyInstance instance => string.Create(CultureInfo.InvariantCulture, $"destroy GPU instance {instance.GpuInstance} at {instance.Place}"),
        MigStep.CreateInstance create => $"create {Name(mig, create.ProfileId)} at {create.Place}",
        MigStep.CreateCompute compute => string.Create(CultureInfo.InvariantCulture, $"create a compute instance of {compute.SliceCount} slices in the GPU instance at {compute.Instance}"),
        _ => step.ToString(),
    };

    static string Name(MigPartitioner mig, int profile) => mig.Geometry.Profiles.FirstOrDefault(p => p.Id == profile)?.Name.ToString() ?? string.Create(CultureInfo.InvariantCulture, $"profile {profile}");

    static void Plan(Utf8JsonWriter writer, MigPartitioner mig, MigPlan plan)
    {
        writer.WriteString("gpu", mig.Control.Gpu.Uuid);
        writer.WriteString("name", mig.Control.Gpu.Name);
        writer.WriteBoolean("simulated", mig.Control is SimulatedMigControl);
        writer.WriteString("layout", plan.Layout.ToString());
        writer.WriteString("found", MigPartedText.Layout(plan.Found, mig.Geometry)?.ToString());
        writer.WriteBoolean("mig_enabled", plan.Found.Mode.Current);
        writer.WriteBoolean("as_wanted", plan.Steps.Count == 0);
        writer.WriteNumber("seconds", mig.Times.Of(plan.Steps));
        writer.WriteString("seconds_source", mig.Times.Source(plan.Steps));
        writer.WriteStartArray("steps");
        foreach (var step in plan.Steps) writer.WriteStringValue(Say(step, mig));
        writer.WriteEndArray();
        writer.WriteStartArray("untouched");
        foreach (var one in plan.Untouched) writer.WriteStringValue($"{Name(mig, one.ProfileId)}@{one.Place.Start.ToString(CultureInfo.InvariantCulture)}");
        writer.WriteEndArray();
        writer.WriteStartArray("holders");
        foreach (var holder in plan.Holders)
        {
            writer.WriteStartObject();
            writer.WriteNumber("pid", holder.Pid);
            writer.WriteString("who", holder.Describe());
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static void Json<T>(IEnumerable<T> all, Action<Utf8JsonWriter, T> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (var one in all)
            {
                writer.WriteStartObject();
                write(writer, one);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
