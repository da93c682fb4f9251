using System.CommandLine;

namespace GpuLab.Cli.Verbs;

/// <summary>Shell scripts that ask the program itself what may follow, so that they never fall behind it;
/// the program as it was typed, such as scripts/gpulab, which shells complete by its last part.</summary>
static class CompletionVerb
{
    const string Bash = """
        _gpulab() {
            local line="${COMP_WORDS[*]:1}"
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o filenames -F _gpulab gpulab

        """;

    const string Zsh = """
        #compdef gpulab
        _gpulab() {
            local line="${(j: :)words[2,-1]}"
            local -a found
            found=(${(f)"$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)"})
            compadd -a found
            _files
        }
        compdef _gpulab gpulab

        """;

    const string Fish = """
        function __gpulab_complete
            set -l line (commandline -cp | string replace -r '^\S+\s*' '')
            set -l program (commandline -opc)[1]
            $program "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c gpulab -a '(__gpulab_complete)'

        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var verb = new Command("completion", "Prints a completion script for a shell.\n\nExample: source <(gpulab completion bash)") { shell };
        verb.SetAction(int (parse) =>
        {
            Console.Out.Write(parse.GetValue(shell) switch { "zsh" => Zsh, "fish" => Fish, _ => Bash });
            return CommandLine.Done;
        });
        return verb;
    }
}
