using System.CommandLine;
using GpuLab.Probes;
using GpuLab.Reports.Export;
using GpuLab.Statistics;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab export</c>: the figures of a run as a tidy table.</summary>
static class ExportVerb
{
    public static Command Create()
    {
        var run = new Argument<DirectoryInfo>("run") { Description = "Folder of the run." };
        var format = new Option<string>("--format", "-f") { Description = "csv and json hold every fact in SI; markdown and latex hold what a reader wants, with units.", HelpName = string.Join('|', TableText.Formats), DefaultValueFactory = _ => "csv" };
        format.AcceptOnlyFromAmong([.. TableText.Formats]);
        var output = new Option<FileInfo?>("--out", "-o") { Description = "File to write. Default: standard output.", HelpName = "FILE" };
        var verb = new Command("export", "Writes the figures of a run as a table, one row a figure, with units and intervals.\n\nExample: gpulab export runs/one --format latex -o figures.tex") { run, format, output };
        verb.SetAction(int (parse) =>
        {
            var figures = RunFigures.Read(parse.GetValue(run)!.FullName, Catalogue.Probes);
            var text = TableText.Write(FigureTable.Of(figures), parse.GetValue(format)!, figures.Info.Simulated);
            if (parse.GetValue(output) is { } file) File.WriteAllText(file.FullName, text);
            else Console.Out.Write(text);
            return CommandLine.Done;
        });
        return verb;
    }
}
