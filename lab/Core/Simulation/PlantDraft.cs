using System.Text.Json.Nodes;
using GpuLab.Sweeps.Reading;

namespace GpuLab.Simulation;

/// <summary>A plant file being read.</summary>
sealed class PlantDraft
{
    public List<PlantedEffect> Effects { get; } = [];
}

/// <summary>One effect being read: what any of them may say.</summary>
sealed class EffectDraft
{
    public PlantedWhere Where { get; set; } = new();

    public PlantedWhere Aggressor { get; set; } = new();

    public double Size { get; set; }

    public double Share { get; set; }

    public int Run { get; set; } = 20;

    public double After { get; set; }

    public double To { get; set; } = 1;

    public double Weight { get; set; } = 1;

    public double PerSecond { get; set; }

    public double PerRepeat { get; set; }

    public double Offset { get; set; }

    public double Lie { get; set; }

    public double? Within { get; set; }

    public double? Between { get; set; }

    public double? Phases { get; set; }
}

/// <summary>A map that becomes an effect.</summary>
sealed class EffectKind(Fields<EffectDraft> fields, Func<EffectDraft, PlantedEffect> make) : Kind<PlantedEffect>
{
    public override bool TryRead(Node node, Errors errors, out PlantedEffect value)
    {
        var draft = new EffectDraft();
        var read = fields.Read(node, errors, draft);
        value = make(draft);
        return read;
    }

    public override JsonObject Schema() => fields.Schema();
}
