using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm.Pipeline;

/// <summary>What a cell of <c>llm.pipeline</c> asks for, read and checked before anything is allocated.</summary>
/// <param name="Decode">One token a sequence and round; else a whole prompt.</param>
/// <param name="Tokens">Of each sequence: in the cache before the first round, or of the prompt.</param>
/// <param name="Batch">Sequences.</param>
/// <param name="Microbatches">Equal groups of them that go through the stages one after another.</param>
sealed record PipelineRequest(LlmRequest Llm, bool Decode, int Tokens, int Batch, int Microbatches)
{
    public static readonly Parameter
        Work = new("work", ParameterType.Word, "Tokens one by one, or whole prompts", ParameterValue.Of("decode"), Words: ["decode", "prefill"]),
        Length = new("tokens", ParameterType.Count, "In the cache before the first step, or of a prompt", ParameterValue.Count(128), Min: 1, Max: 131072),
        Groups = new("microbatches", ParameterType.Count, "Equal groups of sequences that follow each other through the slices", ParameterValue.Count(1), Min: 1, Max: 256);

    /// <summary>Most tokens of a sequence.</summary>
    public int Most => MostOf(Decode, Tokens);

    /// <summary>Rounds until all begins anew.</summary>
    public int Cycle => Decode ? DecodeProbe.Cycle : 1;

    /// <summary>Sequences of a microbatch.</summary>
    public int Group => Batch / Microbatches;

    /// <summary>Tokens that all sequences get in a round.</summary>
    public int RoundTokens => Decode ? Batch : Batch * Tokens;

    /// <exception cref="ProbeSkippedException">The model is not known, or sizes do not go together.</exception>
    public static PipelineRequest Read(Parameters parameters)
    {
        var decode = parameters.Word(Work.Name, "decode") == "decode";
        var (tokens, batch, groups) = ((int)parameters.Number(Length.Name, 128), PromptProbe.Batch(parameters), (int)parameters.Number(Groups.Name, 1));
        if (batch % groups != 0) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{batch} sequences cannot be cut into {groups} equal microbatches"));
        return new(LlmRequest.Read(parameters, MostOf(decode, tokens)), decode, tokens, batch, groups);
    }

    /// <summary>The layers of one of several stages. The head counts where it is done for every token.</summary>
    /// <exception cref="ProbeSkippedException">There are fewer layers than stages.</exception>
    public ModelPart Part(int stage, int stages)
    {
        var shape = Llm.Shape;
        if (stages > shape.Layers) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{shape.Name} has {shape.Layers} layers, and {stages} slices cannot share them"));
        var head = (double)shape.Vocabulary * shape.Width;
        return ModelPart.Stage(shape, stage, stages, Decode ? head / ((shape.MatrixParameters - head) / shape.Layers) : 0);
    }

    static int MostOf(bool decode, int tokens) => decode ? tokens + DecodeProbe.Cycle : tokens;
}
