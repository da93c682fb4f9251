using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Llm;

/// <summary>Consecutive layers of a model. The first part has the embedding, the last the head.</summary>
/// <param name="First">Number of its first layer.</param>
/// <param name="Of">Layers of the whole model.</param>
readonly record struct ModelPart(int First, int Layers, int Of)
{
    public bool IsFirst => First == 0;

    public bool IsLast => First + Layers == Of;

    public bool IsWhole => Layers == Of;

    public static ModelPart Whole(ModelShape shape) => new(0, shape.Layers, shape.Layers);

    /// <summary>One of several stages that have about the same work.</summary>
    /// <param name="headLayers">What the head takes, in layers.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer layers than stages.</exception>
    public static ModelPart Stage(ModelShape shape, int stage, int stages, double headLayers)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stages, shape.Layers);
        var (first, end) = (Begin(stage), Begin(stage + 1));
        return new(first, end - first, shape.Layers);

        // Every stage has a layer, also where the head alone is more than a stage's share.
        int Begin(int at) => at == stages ? shape.Layers : Math.Clamp((int)Math.Round((shape.Layers + headLayers) * at / stages), at, shape.Layers - (stages - at));
    }
}
