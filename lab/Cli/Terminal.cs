using Spectre.Console;

namespace GpuLab.Cli;

/// <summary>Results go to standard output, progress and errors to standard error.</summary>
static class Terminal
{
    /// <summary>Wide where it is not a terminal, so that a piped table is not folded at 80 columns.</summary>
    const int PipedWidth = 140;

    public static IAnsiConsole Out { get; } = Open(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Open(Console.Error, Console.IsErrorRedirected);

    static IAnsiConsole Open(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new()
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected) console.Profile.Width = PipedWidth;
        return console;
    }
}
