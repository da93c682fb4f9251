using System.CommandLine;
using GpuLab.Probes;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Cli.Verbs;

static class ReportVerb
{
    public static Command Create()
    {
        var folders = new Argument<DirectoryInfo[]>("run") { Description = "Folders of runs.", Arity = ArgumentArity.OneOrMore };
        var verb = new Command("report", "Rebuilds the report of one or more runs from their files.\n\nExample: gpulab report runs/20260101-120000-quickstart") { folders };
        verb.SetAction(int (parse) =>
        {
            foreach (var folder in parse.GetValue(folders)!)
            {
                var analysis = Analyzer.Analyze(RunFolderReader.Read(folder.FullName), Catalogue.Probes);
                RunFigures.Keep(analysis, Catalogue.Probes);
                Console.Out.WriteLine(ReportFile.Write(folder.FullName, analysis));
            }
            return CommandLine.Done;
        });
        return verb;
    }
}
