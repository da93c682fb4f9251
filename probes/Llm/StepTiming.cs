using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>What timing a prompt and timing a step of decoding have in common.</summary>
static class StepTiming
{
    /// <summary>Relative half-width of the median's interval at which a repeat of a model probe stops (MEASUREMENT 2.7).</summary>
    public const double Precision = 0.02;

    /// <summary>How prompts are repeated: each takes a good part of a second.</summary>
    public static readonly SlowSamples Prompts = new(10, 0.4);

    /// <summary>Seconds of a sample of what is short, at the rates below: well above 200 µs also where a core is faster than they.</summary>
    const double Region = 1e-3;

    /// <summary>What a core does about at best: bytes and operations a second.</summary>
    const double CoreBytes = 50e9, CoreFlop = 250e9;

    /// <summary>How many runs make a sample. Not from trial runs: on a busy machine all of a few may be interrupted.</summary>
    public static int Times(LlmWork work, int threads) => (int)Math.Ceiling(Region * threads / Math.Max(work.Bytes / CoreBytes, work.Flop / CoreFlop));

    /// <summary>Tokens a second that the slower of memory and arithmetic allows.</summary>
    public static Ceiling Bound(LlmWork work, LlmCeilings ceilings, int tokens)
    {
        var (moving, adding) = (work.Bytes / ceilings.Read, work.Flop / ceilings.Flop);
        return moving >= adding
            ? new(tokens / moving, $"measured: {Pretty.Bytes(work.Bytes)} of weights and cache at {Pretty.Value(ceilings.Read, "B/s")}, {ceilings.Reading}")
            : new(tokens / adding, $"measured: {Pretty.Value(work.Flop, "FLOP")} at {Pretty.Value(ceilings.Flop, "FLOP/s")}, {ceilings.Adding}");
    }

    /// <summary>Says where a score is no number.</summary>
    public static string? NotFinite(ILanguageModel model, int turns)
    {
        for (var turn = 0; turn < turns; turn++)
        {
            var logits = model.Logits(turn);
            for (var token = 0; token < logits.Length; token++)
            {
                if (!float.IsFinite(logits[token])) return string.Create(CultureInfo.InvariantCulture, $"the score of token {token} after turn {turn} is {logits[token]}");
            }
        }
        return null;
    }
}
