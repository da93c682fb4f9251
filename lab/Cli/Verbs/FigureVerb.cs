using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using GpuLab.Probes;
using GpuLab.Reports.Html;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab figure</c>: a figure of a report as a file for a paper.</summary>
static class FigureVerb
{
    const string Converter = "rsvg-convert";

    public static Command Create()
    {
        var run = new Argument<DirectoryInfo>("run") { Description = "Folder of the run." };
        var figure = new Argument<string?>("figure") { Description = "Its name or number, as --list shows them, or words of its name.", Arity = ArgumentArity.ZeroOrOne };
        var list = new Option<bool>("--list", "-l") { Description = "List the figures of the run." };
        var output = new Option<FileInfo?>("--out", "-o") { Description = "File to write; its ending says the format: svg, pdf or png. Default: SVG to standard output.", HelpName = "FILE" };
        var width = new Option<double>("--width") { Description = "Width on paper in millimetres; 85 is a column, 178 two.", HelpName = "MM", DefaultValueFactory = _ => 178 };
        var size = new Option<double>("--font-size") { Description = "Height of texts in points.", HelpName = "PT", DefaultValueFactory = _ => 9 };
        var font = new Option<string>("--font") { Description = "Face of texts, such as \"Latin Modern Sans\".", HelpName = "NAME", DefaultValueFactory = _ => "" };
        var dark = new Option<bool>("--dark") { Description = "For dark slides." };
        var verb = new Command("figure", """
            Writes a figure of a run's report as a file of its own: the same drawing, laid out for the width it will have.

            Examples:
              gpulab figure runs/one --list
              gpulab figure runs/one lat-chase -o latency.pdf --width 85 --font-size 8
            """) { run, figure, list, output, width, size, font, dark };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(figure) is null && !result.GetValue(list)) result.AddError("Name a figure, or ask for the --list.");
            if (result.GetValue(width) is not (>= 30 and <= 2000)) result.AddError("--width must be from 30 to 2000 mm.");
            if (result.GetValue(size) is not (>= 4 and <= 72)) result.AddError("--font-size must be from 4 to 72 points.");
        });
        verb.SetAction(int (parse) =>
        {
            var named = FigureNames.Of(RunReport.Drawings(Analyzer.Analyze(RunFolderReader.Read(parse.GetValue(run)!.FullName), Catalogue.Probes)));
            if (parse.GetValue(list))
            {
                foreach (var (i, (name, drawing)) in named.Index()) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1}\t{name}\t{drawing.Title}"));
                return CommandLine.Done;
            }
            var found = FigureNames.Find(named, parse.GetValue(figure)!)
                ?? throw new UsageException($"'{parse.GetValue(figure)}' is not the name of one figure of this run; there are {string.Join(", ", named.Select(n => n.Name))}.{Model.Nearest.Hint(parse.GetValue(figure)!, named.Select(n => n.Name))}");
            var svg = SvgFile.OnPaper(found.Drawing, parse.GetValue(width), parse.GetValue(size), parse.GetValue(font)!, parse.GetValue(dark) ? Theme.Dark : Theme.Light);
            Write(svg, parse.GetValue(output)?.FullName);
            return CommandLine.Done;
        });
        return verb;
    }

    static void Write(string svg, string? path)
    {
        switch (path is null ? "" : Path.GetExtension(path).ToLowerInvariant())
        {
            case "": Console.Out.Write(svg); break;
            case ".svg": File.WriteAllText(path!, svg); break;
            case ".pdf": Convert(svg, path!, "pdf"); break;
            case ".png": Convert(svg, path!, "png", "--dpi-x=300", "--dpi-y=300"); break;
            default: throw new UsageException($"'{path}': a figure is written as .svg, .pdf or .png.");
        }
    }

    static void Convert(string svg, string path, string format, params string[] more)
    {
        var start = new ProcessStartInfo(Converter) { RedirectStandardInput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-f", format, .. more, "-o", path]) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(svg);
            process.StandardInput.Close();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new IOException($"{Converter} could not write '{path}': {errors.Result.Trim()}");
        }
        catch (Win32Exception)
        {
            throw new UsageException($"{format.ToUpperInvariant()} needs {Converter} (Debian and Ubuntu: librsvg2-bin), which is not on the PATH. Write .svg here and convert it elsewhere.");
        }
    }
}
