using System.Globalization;
using System.Text.RegularExpressions;

namespace GpuLab.Tests.Kernels;

/// <summary>
/// What can be known of a PTX module without a GPU: that each instruction exists in the version and on the target that the header names, that its
/// operands are as many and of the class that it takes, and that registers, labels and parameters are there. Inline assembly is checked by no compiler.
/// </summary>
sealed partial class PtxChecker
{
    static readonly Dictionary<string, string> special = new()
    {
        ["%tid.x"] = "s", ["%ntid.x"] = "s", ["%ctaid.x"] = "s", ["%nctaid.x"] = "s", ["%smid"] = "s", ["%clock64"] = "S", ["%globaltimer"] = "S",
    };

    readonly PtxModule module;
    readonly List<string> findings = [];
    readonly Stack<Dictionary<string, char>> registers = new();
    readonly HashSet<string> labels = [], shared = [];
    PtxEntry entry = null!;

    PtxChecker(PtxModule module) => this.module = module;

    /// <summary>What is wrong, each with its line; empty when nothing is.</summary>
    public static IReadOnlyList<string> Check(string text)
    {
        PtxModule module;
        try
        {
            module = PtxModule.Parse(text);
        }
        catch (FormatException e)
        {
            return [e.Message];
        }
        var checker = new PtxChecker(module);
        if (module.Entries.Count == 0) checker.findings.Add("no entry");
        foreach (var twice in module.Entries.GroupBy(e => e.Name).Where(g => g.Count() > 1)) checker.findings.Add($"entry {twice.Key} is there {twice.Count()} times");
        foreach (var entry in module.Entries) checker.Check(entry);
        return checker.findings;
    }

    void Check(PtxEntry checkedEntry)
    {
        entry = checkedEntry;
        labels.Clear();
        shared.Clear();
        shared.UnionWith(module.Shared);
        registers.Clear();
        registers.Push([]);
        foreach (var label in entry.Body.Where(s => s.Kind == PtxKind.Label))
        {
            if (!labels.Add(label.Text)) Find(label, $"label {label.Text} is there twice");
        }
        foreach (var statement in entry.Body)
        {
            switch (statement.Kind)
            {
                case PtxKind.Open: registers.Push([]); break;
                case PtxKind.Close when registers.Count > 1: registers.Pop(); break;
                case PtxKind.Directive: Declare(statement); break;
                case PtxKind.Instruction: Instruction(statement); break;
            }
        }
        if (entry.Body.LastOrDefault(s => s.Kind == PtxKind.Instruction)?.Text is not { } last || !Leaves().IsMatch(last)) findings.Add($"entry {entry.Name} runs over its end");
    }

    void Declare(PtxStatement statement)
    {
        if (PtxModule.SharedName(statement.Text) is { } variable)
        {
            shared.Add(variable);
            return;
        }
        // Advice of the compiler to itself.
        if (statement.Text == ".pragma \"nounroll\"") return;
        var match = Registers().Match(statement.Text);
        if (!match.Success)
        {
            Find(statement, $"directive {statement.Text} is not expected");
            return;
        }
        var kind = match.Groups["type"].Value switch { "pred" => 'p', "b16" => 'h', "b32" or "u32" => 'r', "b64" or "u64" => 'l', "f32" => 'f', _ => 'd' };
        foreach (var name in match.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            var range = Range().Match(name);
            if (!range.Success) registers.Peek()[name] = kind;
            for (var i = 0; range.Success && i < int.Parse(range.Groups["count"].ValueSpan, CultureInfo.InvariantCulture); i++)
                registers.Peek()[range.Groups["name"].Value + i.ToString(CultureInfo.InvariantCulture)] = kind;
        }
    }

    void Instruction(PtxStatement statement)
    {
        var text = statement.Text;
        if (Guard().Match(text) is { Success: true } guard)
        {
            if (Class(guard.Groups["register"].Value) != "p") Find(statement, $"{guard.Groups["register"].Value} is no predicate");
            text = text[guard.Length..];
        }
        var (opcode, rest) = text.IndexOf(' ', StringComparison.Ordinal) is > 0 and var at ? (text[..at], text[(at + 1)..]) : (text, "");
        var rules = PtxRule.All.Where(r => r.Opcode.IsMatch(opcode)).ToArray();
        if (rules.Length == 0)
        {
            Find(statement, $"{opcode} is not on the list of instructions");
            return;
        }
        var operands = Split(rest);
        var fitting = Array.Find(rules, r => r.Operands.Any(o => Fits(o, operands)));
        if (fitting is null)
        {
            Find(statement, $"{opcode} does not take {(rest.Length > 80 ? $"these {operands.Count} operands" : rest)}");
            return;
        }
        if (fitting.Version > module.Version) Find(statement, string.Create(CultureInfo.InvariantCulture, $"{opcode} needs PTX {fitting.Version / 10}.{fitting.Version % 10}"));
        if (!Reaches(fitting.Sm)) Find(statement, $"{opcode} needs sm_{fitting.Sm}");
        foreach (var operand in operands) CheckAddress(statement, opcode, operand);
    }

    bool Reaches(string sm) => sm.EndsWith('a') ? module.Target == $"sm_{sm}"
        : int.Parse(sm, CultureInfo.InvariantCulture) <= int.Parse(module.Target.AsSpan(3).TrimEnd('a'), CultureInfo.InvariantCulture);

    bool Fits(string[] classes, List<string> operands) => classes.Length == operands.Count && classes.Zip(operands).All(p => Fits(p.First, p.Second));

    bool Fits(string expected, string operand)
    {
        if (expected[0] == '(')
        {
            if (operand[0] != '{' || operand[^1] != '}') return false;
            var elements = operand[1..^1].Split(',', StringSplitOptions.TrimEntries);
            return elements.Length == expected.Length - 2 && elements.Zip(expected[1..^1]).All(p => Fits(p.Second.ToString(), p.First));
        }
        return Class(operand) is { } found && (found == expected || expected switch
        {
            "R" => found is "r" or "i",
            "L" => found is "l" or "i",
            "F" => found is "f" or "F",
            "D" => found is "d" or "D",
            _ => false,
        });
    }

    /// <summary>The class of an operand; null where it is none that there is.</summary>
    string? Class(string operand)
    {
        if (special.TryGetValue(operand, out var known)) return known;
        if (registers.Select(scope => scope.TryGetValue(operand, out var kind) ? kind : '\0').FirstOrDefault(k => k != '\0') is var register and not '\0') return register.ToString();
        if (Whole().IsMatch(operand)) return "i";
        if (Number().Match(operand) is { Success: true } number) return number.Groups["kind"].Value == "f" ? "F" : "D";
        if (operand.StartsWith('[')) return "M";
        if (labels.Contains(operand)) return "T";
        return shared.Contains(operand) ? "y" : null;
    }

    void CheckAddress(PtxStatement statement, string opcode, string operand)
    {
        if (!operand.StartsWith('[')) return;
        var address = Address().Match(operand);
        var from = address.Groups["base"].Value;
        var parameter = entry.Parameters.FirstOrDefault(p => p.Name == from);
        if (!address.Success) Find(statement, $"{operand} is no address");
        else if (opcode.StartsWith("ld.param", StringComparison.Ordinal))
        {
            var bytes = int.Parse(opcode.AsSpan(opcode.Length - 2), CultureInfo.InvariantCulture) / 8;
            if (parameter is null) Find(statement, $"parameter {from} is not declared");
            else if (bytes + (address.Groups["offset"].Success ? int.Parse(address.Groups["offset"].ValueSpan, CultureInfo.InvariantCulture) : 0) > parameter.Bytes) Find(statement, $"parameter {from} has only {parameter.Bytes} bytes");
        }
        else if (Class(from) is not ("l" or "y")) Find(statement, $"{from} holds no address");
    }

    static List<string> Split(string operands)
    {
        var parts = new List<string>();
        var (depth, from) = (0, 0);
        for (var i = 0; i <= operands.Length; i++)
        {
            if (i < operands.Length) depth += operands[i] switch { '{' or '[' => 1, '}' or ']' => -1, _ => 0 };
            if (i < operands.Length && (operands[i] != ',' || depth != 0)) continue;
            var part = operands[from..i].Trim();
            if (part.Length > 0) parts.Add(part);
            from = i + 1;
        }
        return parts;
    }

    void Find(PtxStatement statement, string what) => findings.Add(string.Create(CultureInfo.InvariantCulture, $"line {statement.Line}: {what}"));

    [GeneratedRegex(@"^\.reg \.(?<type>pred|b16|b32|u32|b64|u64|f32|f64) (?<names>.+)$")]
    private static partial Regex Registers();

    [GeneratedRegex(@"^(?<name>%\w+)<(?<count>\d+)>$")]
    private static partial Regex Range();

    [GeneratedRegex(@"^@!?(?<register>%?\w+) ")]
    private static partial Regex Guard();

    [GeneratedRegex(@"^-?\d+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^0(?<kind>[fd])([0-9A-F]{8}|[0-9A-F]{16})$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\[(?<base>[%$\w]+)(\+?(?<offset>-?\d+))?\]$")]
    private static partial Regex Address();

    [GeneratedRegex(@"^(ret|bra(\.uni)? .*)$")]
    private static partial Regex Leaves();
}
