using System.CommandLine;
using System.CommandLine.Invocation;
using GpuLab.Cli.Verbs;
using GpuLab.Control;
using GpuLab.Control.Mig;
using GpuLab.Geometry;
using GpuLab.Probes.Checkpoints;
using GpuLab.Results;

namespace GpuLab.Cli;

/// <summary>The verbs, and the one place where an error is printed and becomes an exit code.</summary>
static class CommandLine
{
    public const int Done = 0, Failed = 1, Wrong = 2, Worse = 3, Invalid = 4, Interrupted = 130;

    public static async Task<int> Run(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
            using var text = new StringWriter();
            await parsed.InvokeAsync(new InvocationConfiguration { Output = text, Error = text });
            // Of a mistyped verb it is enough to hear which ones are near.
            var lines = text.ToString().TrimEnd().Split('\n').Where(l => parsed.UnmatchedTokens.Count == 0 || l != "Required command was not provided.");
            await Console.Error.WriteLineAsync(string.Join('\n', lines));
            return Wrong;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (UsageException usage)
        {
            return Print(usage.Message, Wrong);
        }
        catch (GeometryException wrongFile)
        {
            return Print(wrongFile.Message, Wrong);
        }
        catch (CheckpointException wrongWeights)
        {
            return Print(wrongWeights.Message, Wrong);
        }
        catch (RunFolderException notARun) when (notARun.NotARun)
        {
            return Print(notARun.Message, Wrong);
        }
        catch (Exception failure) when (failure is PartitionException or NvmlException or RunFolderException or IOException or UnauthorizedAccessException)
        {
            return Print(failure.Message, Failed);
        }
    }

    public static RootCommand Root()
    {
        var root = new RootCommand("GPU partitioning and inference performance lab: cuts a device into slices, measures them alone and at the same time, and reports.")
        {
            RunVerb.Create(),
            ReportVerb.Create(),
            CompareVerb.Create(),
            RunsVerb.Create(),
            FigureVerb.Create(),
            ExportVerb.Create(),
            DevicesVerb.Create(),
            DoctorVerb.Create(),
            ProbesVerb.Create(),
            LayoutsVerb.Create(Devices.Open, Console.Out),
            ProfilesVerb.Create(Devices.Open, Console.Out),
            PartitionVerb.Create(),
            CheckpointVerb.Create(),
            SelftestVerb.Create(),
            SchemaVerb.Create(),
            CompletionVerb.Create(),
        };
        // A switch takes no value: with one, what follows it on the line could not be completed.
        foreach (var flag in root.Subcommands.SelectMany(c => c.Options).OfType<Option<bool>>()) flag.Arity = ArgumentArity.Zero;
        return root;
    }

    static int Print(string message, int code)
    {
        foreach (var line in message.Split('\n')) Console.Error.WriteLine($"gpulab: {line}");
        return code;
    }
}

/// <summary>Something the user asked for in a way that cannot work; the message says what to do. Exit code 2.</summary>
sealed class UsageException(string message) : Exception(message);
