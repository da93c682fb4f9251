using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuLab.Control;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab profiles [--on DEVICE] [--geometry FILE] [--json]</c>: the slices a device can be cut into.</summary>
static class ProfilesVerb
{
    /// <param name="open">Opens a device that is not simulated.</param>
    public static Command Create(Func<DeviceId, IDevice> open, TextWriter output)
    {
        var on = Cuttable.On();
        var file = Cuttable.File();
        var json = new Option<bool>("--json") { Description = "One JSON object instead of a table." };
        var command = new Command("profiles", """
            Lists the profiles a device can be cut into. "fits" is how many the driver says fit at once, "places" the first units they may
            start at, "SMs" and "memory" what one instance has. A dash is a value that no source gives.
            """) { on, file, json };
        command.SetAction(parse =>
        {
            var device = Cuttable.Open(parse.GetValue(on), parse.GetValue(file), open);
            if (parse.GetValue(json)) Json(device, output);
            else if (device.Model is { } model) Table(device.Device, model, output);
            else Table(device.Device, device.Partitioner!, output);
            return 0;
        });
        return command;
    }

    static void Table(string device, GpuModel model, TextWriter output)
    {
        output.WriteLine($"{device}: {model.Product}, {Number(model.MemoryUnits)} memory units, {Number(model.ComputeSlices)} compute slices, {Number(model.Sms)} SMs ({model.Provenance.Status})");
        output.WriteLine();
        string[][] rows =
        [
            ["profile", "fits", "units", "places", "SMs", "memory", "copy", "dec", "enc", "jpeg", "ofa", "compute instances"],
            .. model.Profiles.Select(p => (string[])[p.Name.ToString(), Number(p.MaxInstances), Number(p.Places?.Size), p.Places is { } places ? string.Join(' ', places.Starts.Select(s => Number(s))) : "–",
                Number(p.Sms), p.Memory is { } memory ? Pretty.Bytes(memory) : "–", Number(p.Engines.Copy), Number(p.Engines.Decode), Number(p.Engines.Encode), Number(p.Engines.Jpeg), Number(p.Engines.OpticalFlow),
                string.Join(' ', p.ComputeSizes.Select(c => Number(c) + "c"))]),
        ];
        foreach (var row in rows) output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(rows.Max(r => r[i].Length)))).TrimEnd());
        output.WriteLine();
        if (model.Profiles.Any(p => p.Places?.Source.StartsWith("INFERRED", StringComparison.Ordinal) == true)) output.WriteLine("Places are inferred from the same family; no capture of this GPU shows them.");
        if (model.Unknown is { } unknown) output.WriteLine($"Note: {unknown}.");
        foreach (var note in model.Provenance.Notes) output.WriteLine($"Note: {note}");
    }

    static void Table(string device, IPartitioner partitioner, TextWriter output)
    {
        var (count, unit) = partitioner.Units;
        output.WriteLine($"{device}: cut by '{partitioner.Name}' over {Number(count)} {unit}");
        output.WriteLine();
        foreach (var (profile, fits) in Sizes(partitioner)) output.WriteLine($"{profile,-6}  fits {Number(fits)}");
        output.WriteLine();
        output.WriteLine($"Known GPUs to look at without hardware: {string.Join(' ', GpuCatalogue.Keys.Select(k => "sim:" + k))}");
    }

    /// <summary>Profiles of a device that is no MIG GPU: those that the partitioner itself finds room for.</summary>
    internal static IEnumerable<(Profile Profile, int Fits)> Sizes(IPartitioner partitioner)
    {
        var (units, unit) = partitioner.Units;
        if (unit != "cores") yield break;
        for (var size = 1; size <= units; size++)
        {
            var profile = new Profile(ProfileKind.Cores, size);
            var fits = units / size;
            if (partitioner.Place(new(Enumerable.Repeat(new LayoutItem(profile), fits))).Refusal is null) yield return (profile, fits);
        }
    }

    static void Json(Cuttable device, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("device", device.Device);
            if (device.Model is { } model) Facts(json, model);
            json.WriteStartArray("profiles");
            foreach (var p in device.Model?.Profiles ?? []) One(json, p);
            foreach (var (profile, fits) in device.Partitioner is { } partitioner ? Sizes(partitioner) : [])
            {
                json.WriteStartObject();
                json.WriteString("profile", profile.ToString());
                json.WriteNumber("max_instances", fits);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    static void Facts(Utf8JsonWriter json, GpuModel model)
    {
        json.WriteString("product", model.Product);
        Write(json, "memory_units", model.MemoryUnits);
        json.WriteNumber("compute_slices", model.ComputeSlices);
        Write(json, "sms", model.Sms);
        json.WriteString("provenance", model.Provenance.Status);
    }

    static void One(Utf8JsonWriter json, GpuInstanceProfile p)
    {
        json.WriteStartObject();
        json.WriteString("profile", p.Name.ToString());
        json.WriteNumber("nvml_profile", p.Constant);
        Write(json, "id", p.Id);
        json.WriteNumber("compute_slices", p.ComputeSlices);
        Write(json, "max_instances", p.MaxInstances);
        Write(json, "units", p.Places?.Size);
        json.WriteStartArray("starts");
        foreach (var start in p.Places?.Starts ?? []) json.WriteNumberValue(start);
        json.WriteEndArray();
        json.WriteString("places_source", p.Places?.Source);
        Write(json, "memory_bytes", p.Memory);
        Write(json, "sms", p.Sms);
        Write(json, "copy_engines", p.Engines.Copy);
        Write(json, "decoders", p.Engines.Decode);
        Write(json, "encoders", p.Engines.Encode);
        Write(json, "jpeg", p.Engines.Jpeg);
        Write(json, "ofa", p.Engines.OpticalFlow);
        json.WriteStartArray("compute_instances");
        foreach (var size in p.ComputeSizes) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "–";
}
