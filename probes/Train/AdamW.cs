using System.Numerics;

namespace GpuLab.Probes.Train;

/// <summary>AdamW (Loshchilov and Hutter, 2019, algorithm 2) on all parameters, with the constants that are usual for language models.</summary>
static unsafe class AdamW
{
    public const double Rate = 1e-3, Decay = 0.01, First = 0.9, Second = 0.999, Epsilon = 1e-8;

    /// <summary>One step, of whole registers.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="m">Running mean of gradients.</param>
    /// <param name="v">Running mean of their squares.</param>
    public static void Step(int step, float* w, float* g, float* m, float* v, long count)
    {
        var (first, second) = (new Vector<float>((float)First), new Vector<float>((float)Second));
        var (fresh, freshSquare) = (new Vector<float>((float)(1 - First)), new Vector<float>((float)(1 - Second)));
        var rate = new Vector<float>((float)(-Rate / (1 - Math.Pow(First, step))));
        var (grown, epsilon) = (new Vector<float>((float)(1 / Math.Sqrt(1 - Math.Pow(Second, step)))), new Vector<float>((float)Epsilon));
        var kept = new Vector<float>((float)(1 - Rate * Decay));
        for (long i = 0; i < count; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(g + i);
            var mean = Vector.FusedMultiplyAdd(Vector.Load(m + i), first, gradient * fresh);
            var square = Vector.FusedMultiplyAdd(Vector.Load(v + i), second, gradient * gradient * freshSquare);
            mean.Store(m + i);
            square.Store(v + i);
            var move = mean / Vector.FusedMultiplyAdd(Vector.SquareRoot(square), grown, epsilon);
            Vector.FusedMultiplyAdd(move, rate, Vector.Load(w + i) * kept).Store(w + i);
        }
    }
}
