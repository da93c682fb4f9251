using System.Globalization;

namespace GpuLab.Probes.Llm;

/// <summary>What every device refuses of a step, before anything of it is done.</summary>
static class TurnCheck
{
    /// <exception cref="ArgumentException">Numbers of tokens that do not fit, or a token that is not in the vocabulary.</exception>
    public static void Demand(ILanguageModel model, ReadOnlySpan<Turn> turns, ReadOnlySpan<int> tokens)
    {
        var sum = 0;
        for (var i = 0; i < turns.Length; i++)
        {
            var (sequence, count) = turns[i];
            if ((uint)sequence >= (uint)model.Sequences || count < 1 || count > model.MostTokens - model.Length(sequence)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{count} more tokens of sequence {sequence} do not fit the cache of {model.Sequences} sequences of {model.MostTokens} tokens."), nameof(turns));
            for (var j = 0; j < i; j++)
            {
                if (turns[j].Sequence == sequence) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Sequence {sequence} has two turns in one step."), nameof(turns));
            }
            sum += count;
        }
        if (sum != tokens.Length) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{tokens.Length} tokens for turns of {sum}."), nameof(tokens));
        foreach (var token in tokens)
        {
            if ((uint)token >= (uint)model.Shape.Vocabulary) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Token {token} is not in the vocabulary of {model.Shape.Vocabulary}."), nameof(tokens));
        }
    }
}
