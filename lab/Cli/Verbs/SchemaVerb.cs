using System.CommandLine;
using GpuLab.Probes;
using GpuLab.Sweeps;

namespace GpuLab.Cli.Verbs;

static class SchemaVerb
{
    public static Command Create()
    {
        var verb = new Command("schema", "Prints the JSON Schema of sweep files, for editors.\n\nExample: gpulab schema > scripts/sweep.schema.json");
        verb.SetAction(int (_) =>
        {
            Console.Out.Write(SweepSchema.Generate(Catalogue.Probes));
            return CommandLine.Done;
        });
        return verb;
    }
}
