using System.CommandLine;
using GpuLab.Control.Mig;
using GpuLab.Model;

namespace GpuLab.Cli.Verbs;

static class RunVerb
{
    public static Command Create()
    {
        var sweep = new Argument<FileInfo?>("sweep") { Description = "Sweep file (YAML).", Arity = ArgumentArity.ZeroOrOne };
        var on = Options.On("Measure this device instead of the one the sweep names.");
        var output = new Option<DirectoryInfo?>("--out", "-o") { Description = "Folder of the run. Default: runs/<time>-<name>.", HelpName = "FOLDER" };
        var resume = new Option<DirectoryInfo?>("--resume") { Description = "Go on with an interrupted run; finished trials are kept and not repeated.", HelpName = "FOLDER" };
        var tags = new Option<string[]>("--tag", "-t") { Description = "A word to find the run by, besides the sweep's own; 'gpulab runs --tag WORD' lists them. May be given again.", HelpName = "WORD" };
        tags.Validators.Add(result =>
        {
            foreach (var tag in result.Tokens.Select(t => t.Value).Where(t => t.Trim().Length is 0 or > 80 || t.Any(char.IsControl))) result.AddError($"--tag '{tag}' must be a word of up to 80 characters.");
        });
        var dry = new Option<bool>("--dry-run", "-n") { Description = "Show the plan, what is skipped and why, and the estimated time. Touches nothing." };
        var json = Options.Json();
        var decided = new Option<bool>("--until-decided") { Description = "Stop repeating a cell once its verdicts are certain, after 6 repeats at the earliest; the sweep's repeats are the most. Looks get rarer, and share one risk of 5 % with the end." };
        var noise = new Option<DirectoryInfo?>("--noise-from") { Description = "Take the noise for the smallest effect that can be shown from this earlier run.", HelpName = "FOLDER" };
        var timeout = new Option<double>("--worker-timeout")
        {
            Description = "Seconds of silence after which a worker counts as hung.", HelpName = "SECONDS", DefaultValueFactory = _ => Running.Timeouts.Default.Silence.TotalSeconds,
        };
        timeout.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is > 0 and < 86400)) result.AddError("--worker-timeout must be between 0 and 86400 seconds.");
        });
        var plant = new Option<FileInfo?>("--plant") { Description = "Simulated devices: file of effects to plant, see scripts/sweeps/planted. The analysis does not read it.", HelpName = "FILE" };
        var scale = new Option<double>("--time-scale") { Description = "Simulated devices: wall seconds for a virtual one. 0 (the default) is as fast as it goes; figures are the same.", HelpName = "FACTOR" };
        scale.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is >= 0 and <= 1000)) result.AddError("--time-scale must be between 0 and 1000.");
        });
        var inProcess = new Option<bool>("--in-process") { Description = "Simulated devices: workers as threads of this process; figures are the same." };
        var change = new PartitionChange();
        var verb = new Command("run", """
            Carries out a sweep: cuts the device, measures every slice, writes a run folder and a report. What a GPU was cut into
            before comes back at the end, after an error, after Ctrl-C, and when gpulab is killed.

            Examples:
              gpulab run scripts/sweeps/quickstart.yaml
              gpulab run sweep.yaml --dry-run
              gpulab run sweep.yaml --on sim:h200-141gb      rehearses it: what it would take, need and skip
              gpulab run --resume runs/20260101-120000-quickstart

            Exit codes: 0 done, 1 failed, 2 wrong usage or file, 130 interrupted (resume with --resume).
            """)
        {
            sweep, on, output, tags, resume, dry, json, timeout, plant, scale, inProcess, decided, noise,
        };
        change.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(sweep) is null == result.GetValue(resume) is null) result.AddError("Name a sweep file, or a folder to --resume.");
            if (result.GetValue(resume) is not null && (result.GetValue(on) is not null || result.GetValue(output) is not null || result.GetValue(tags) is { Length: > 0 })) result.AddError("--resume goes on with what the folder says: --on, --out and --tag do not go with it.");
            if (result.GetValue(resume) is not null && result.GetValue(plant) is not null) result.AddError("--resume goes on with what the folder holds: --plant does not go with it.");
        });
        verb.SetAction((parse, cancel) => new RunSession(new(
            parse.GetValue(sweep), parse.GetValue(on), parse.GetValue(output)?.FullName, parse.GetValue(resume)?.FullName,
            parse.GetValue(dry), parse.GetValue(json), parse.GetValue(timeout))
        {
            Simulation = new(parse.GetValue(plant)?.ToString(), parse.GetValue(scale), parse.GetValue(inProcess)),
            Change = change.Options(parse), Hooks = () => change.Before(parse, cancel),
            Tags = parse.GetValue(tags) ?? [], UntilDecided = parse.GetValue(decided), NoiseFrom = parse.GetValue(noise)?.FullName,
        }).Run(cancel));
        return verb;
    }
}

/// <summary>What <c>gpulab run</c> was asked for.</summary>
sealed record RunRequest(FileInfo? Sweep, DeviceId? On, string? Output, string? Resume, bool DryRun, bool Json, double WorkerTimeout)
{
    public SimulationRequest Simulation { get; init; } = new(null, 0, false);

    /// <summary>Besides those of the sweep.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How a real GPU may be cut.</summary>
    public MigOptions Change { get; init; } = MigOptions.Default;

    /// <summary>Runs what comes before the first cut; disposing the result runs what comes after the last.</summary>
    public Func<Task<IAsyncDisposable>>? Hooks { get; init; }

    public bool UntilDecided { get; init; }

    /// <summary>Folder of an earlier run whose noise is expected again.</summary>
    public string? NoiseFrom { get; init; }
}
