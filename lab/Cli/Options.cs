using System.CommandLine;
using GpuLab.Model;

namespace GpuLab.Cli;

/// <summary>Options that several verbs share, so that they are named and explained once.</summary>
static class Options
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON for scripts instead of text for people." };

    public static Option<DeviceId?> On(string description) => new("--on")
    {
        Description = description,
        HelpName = "DEVICE",
        CustomParser = result => DeviceId.TryParse(result.Tokens[0].Value, null, out var id) ? id : Refuse(result),
    };

    static DeviceId? Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"'{result.Tokens[0].Value}' is not a device: expected host, auto, gpu:N, GPU-uuid or sim:KEY.");
        return null;
    }
}
