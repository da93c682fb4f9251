using System.Runtime.InteropServices;
using GpuLab.Probes.Checkpoints;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Llm;

/// <summary>A model of width 4 whose scores follow by hand.</summary>
[Collection(nameof(HostProbes))]
public sealed class HandCheckedTests
{
    static readonly ModelShape Shape = new("hand", ModelFamily.Llama, 1, 4, 1, 1, 4, 4, 4, TiedHead: false, 0, 1e4, 64);

    /// <summary>Tokens are 2 × unit vectors, the head is the identity, norms are 1; other matrices are zero unless they are named.</summary>
    sealed class Plain(params string[] identities) : ITensorSource
    {
        public void Read(TensorSpec tensor, long offset, Span<byte> into)
        {
            var numbers = MemoryMarshal.Cast<byte, ushort>(into);
            for (var i = 0; i < numbers.Length; i++)
            {
                var (row, column) = ((offset / 2 + i) / 4, (offset / 2 + i) % 4);
                float value = tensor.Name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1
                    : row != column ? 0
                    : tensor.Name.EndsWith("embed_tokens.weight", StringComparison.Ordinal) ? 2
                    : tensor.Name.EndsWith("lm_head.weight", StringComparison.Ordinal) || identities.Any(n => tensor.Name.Contains(n, StringComparison.Ordinal)) ? 1 : 0;
                numbers[i] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
            }
        }
    }

    static float[] Scores(ITensorSource source, params int[] tokens)
    {
        using var bench = new LlmBench(Shape, source: source);
        return bench.Run(0, tokens);
    }

    static void Near(double[] expected, float[] found) => Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 1e-5));

    // The norm of (2, 0, 0, 0) is (2, 0, 0, 0): its mean square is 1.
    [Fact]
    public void Layers_of_zeros_leave_the_token() => Near([0, 0, 2, 0], Scores(new Plain(), 1, 0, 2));

    // Without queries and keys all tokens weigh the same: the state is (0, 0, 2, 0) + the mean of (0, 2, 0, 0), (2, 0, 0, 0), (0, 0, 2, 0).
    [Fact]
    public void Attention_without_queries_is_the_mean_of_the_values()
    {
        double[] state = [2 / 3.0, 2 / 3.0, 2 + 2 / 3.0, 0];
        var root = Math.Sqrt(state.Sum(x => x * x) / 4);
        Near([.. state.Select(x => x / root)], Scores(new Plain("v_proj", "o_proj"), 1, 0, 2));
    }

    // With one token there is one weight, 1, whatever queries and keys are: (2, 0, 0, 0) twice, and norm makes 2 of it.
    [Fact]
    public void A_first_token_sees_itself_alone() => Near([2, 0, 0, 0], Scores(new Plain("q_proj", "k_proj", "v_proj", "o_proj"), 0));

    /// <summary>Half the product of the query 2·(cos 1, 0, sin 1, 0) with itself as a key, which the cache rounds.</summary>
    static readonly double Itself = Math.Cos(1) * ReferenceModel.Brain(2 * Math.Cos(1)) + Math.Sin(1) * ReferenceModel.Brain(2 * Math.Sin(1));

    // Query and key of the last token, at position 1, are the same vector: their product is about 4, halved by the root of 4. The first token is
    // (0, 2, 0, 0) at position 0. Dimensions 0 and 2 turn by 1 radian a token, 1 and 3 by 1/100: it is at right angles to the last one.
    [Fact]
    public void Queries_and_keys_weigh_tokens_by_their_angle()
    {
        var (own, other) = (Math.Exp(Itself), Math.Exp(0));
        double[] state = [2 + 2 * own / (own + other), 2 * other / (own + other), 0, 0];
        var root = Math.Sqrt(state.Sum(x => x * x) / 4);
        Near([.. state.Select(x => x / root)], Scores(new Plain("q_proj", "k_proj", "v_proj", "o_proj"), 1, 0));
    }

    [Fact]
    public void A_dimension_turns_into_the_one_half_a_head_further()
    {
        // Token 0 is (2, 0, 0, 0) and token 2 (0, 0, 2, 0): the query of 2 at position 1 is 2·(−sin 1, 0, cos 1, 0), the key of 0 at position 0 is (2, 0, 0, 0).
        var (own, other) = (Math.Exp(Itself), Math.Exp(-2 * Math.Sin(1)));
        double[] state = [2 * other / (own + other), 0, 2 + 2 * own / (own + other), 0];
        var root = Math.Sqrt(state.Sum(x => x * x) / 4);
        Near([.. state.Select(x => x / root)], Scores(new Plain("q_proj", "k_proj", "v_proj", "o_proj"), 0, 2));
    }

    // The state after attention is (2, 0, 0, 0) + the mean of (0, 2, 0, 0) and (2, 0, 0, 0); gate and other half are both its norm.
    [Fact]
    public void The_gate_acts_on_each_dimension_by_itself()
    {
        double[] state = [2 / 2.0 + 2, 2 / 2.0, 0, 0];
        var root = Math.Sqrt(state.Sum(x => x * x) / 4);
        double[] fed = [.. state.Select(x => x + x / root / (1 + Math.Exp(-x / root)) * x / root)];
        var last = Math.Sqrt(fed.Sum(x => x * x) / 4);
        Near([.. fed.Select(x => x / last)], Scores(new Plain("v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"), 1, 0));
    }
}
