using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Llm;

/// <summary>Tokens that one sequence gets in a step.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Tokens">How many; at least one.</param>
public readonly record struct Turn(int Sequence, int Tokens);

/// <summary>
/// A decoder-only transformer on some device, with its weights and its cache of keys and values. Prefill and decoding are the same call
/// with many tokens or one, of one sequence or several.
/// </summary>
public interface ILanguageModel : IDisposable
{
    ModelShape Shape { get; }

    /// <summary>Sequences that the cache can hold.</summary>
    int Sequences { get; }

    /// <summary>Most tokens of a sequence.</summary>
    int MostTokens { get; }

    /// <summary>Tokens of a sequence that are in the cache.</summary>
    int Length(int sequence);

    /// <summary>Forgets the tokens of a sequence from a length on.</summary>
    void Truncate(int sequence, int length);

    /// <summary>Runs tokens through the model and leaves the scores of each turn's last one. No managed allocation.</summary>
    /// <param name="turns">Each of another sequence.</param>
    /// <param name="tokens">Of the turns, one after another.</param>
    /// <exception cref="ArgumentException">Numbers of tokens that do not fit, or a token that is not in the vocabulary.</exception>
    void Append(ReadOnlySpan<Turn> turns, ReadOnlySpan<int> tokens);

    /// <summary>Scores of all tokens of the vocabulary after a turn of the last step.</summary>
    ReadOnlySpan<float> Logits(int turn);

    /// <summary>The token with the highest score after a turn of the last step; of equal ones the first.</summary>
    int Greedy(int turn);
}
