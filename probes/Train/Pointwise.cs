using System.Numerics;

namespace GpuLab.Probes.Train;

/// <summary>
/// What a training step does number by number. Registers are those of <see cref="Vector{T}"/> on every processor, so that sums round alike everywhere; what is
/// left over at the end is done one by one.
/// </summary>
static unsafe class Pointwise
{
    static int Lanes => Vector<float>.Count;

    public static float Dot(float* a, float* b, int n)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= n - Lanes; i += Lanes) sums = Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), sums);
        var sum = Vector.Sum(sums);
        for (; i < n; i++) sum += a[i] * b[i];
        return sum;
    }

    public static void Scale(float* a, float by, int n)
    {
        var spread = new Vector<float>(by);
        var i = 0;
        for (; i <= n - Lanes; i += Lanes) (Vector.Load(a + i) * spread).Store(a + i);
        for (; i < n; i++) a[i] *= by;
    }

    /// <summary>into ← into + by · a, of whole registers.</summary>
    public static void AddScaled(float* a, float by, float* into, int n)
    {
        var spread = new Vector<float>(by);
        for (var i = 0; i < n; i += Lanes) Vector.FusedMultiplyAdd(Vector.Load(a + i), spread, Vector.Load(into + i)).Store(into + i);
    }

    /// <summary>into ← into + a · b · by, of whole registers.</summary>
    public static void AddProduct(float* a, float* b, float by, float* into, int n)
    {
        var spread = new Vector<float>(by);
        for (var i = 0; i < n; i += Lanes) Vector.FusedMultiplyAdd(Vector.Load(a + i) * spread, Vector.Load(b + i), Vector.Load(into + i)).Store(into + i);
    }

    /// <summary>1 / √(mean of x² + ε)</summary>
    public static float InverseNorm(float* x, int n, float epsilon) => 1 / MathF.Sqrt(Dot(x, x, n) / n + epsilon);

    /// <summary>Gradient of x · w · inverse norm of x with respect to x, of whole registers.</summary>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="add">Whether to add to what is there.</param>
    public static void NormBack(float* x, float* w, float* dy, float inverse, int n, float* into, bool add)
    {
        var sums = Vector<float>.Zero;
        for (var i = 0; i < n; i += Lanes) sums = Vector.FusedMultiplyAdd(Vector.Load(dy + i) * Vector.Load(w + i), Vector.Load(x + i), sums);
        var (along, spread) = (new Vector<float>(-inverse * inverse * inverse / n * Vector.Sum(sums)), new Vector<float>(inverse));
        for (var i = 0; i < n; i += Lanes)
        {
            var gradient = Vector.FusedMultiplyAdd(Vector.Load(dy + i) * Vector.Load(w + i), spread, Vector.Load(x + i) * along);
            (add ? gradient + Vector.Load(into + i) : gradient).Store(into + i);
        }
    }

    /// <summary>gate · σ(gate) · up, of whole registers.</summary>
    public static void Gate(float* gate, float* up, int n, float* into)
    {
        for (var i = 0; i < n; i += Lanes)
        {
            var g = Vector.Load(gate + i);
            (g / (Vector<float>.One + Vector.Exp(-g)) * Vector.Load(up + i)).Store(into + i);
        }
    }

    /// <summary>Gradients of both inputs of <see cref="Gate"/>, of whole registers.</summary>
    public static void GateBack(float* gate, float* up, float* d, int n, float* dGate, float* dUp)
    {
        for (var i = 0; i < n; i += Lanes)
        {
            var (g, slope) = (Vector.Load(gate + i), Vector.Load(d + i));
            var open = Vector<float>.One / (Vector<float>.One + Vector.Exp(-g));
            (slope * g * open).Store(dUp + i);
            (slope * Vector.Load(up + i) * open * (Vector<float>.One + g * (Vector<float>.One - open))).Store(dGate + i);
        }
    }

    public static float Largest(float* x, int n)
    {
        var most = new Vector<float>(float.NegativeInfinity);
        for (var i = 0; i < n; i += Lanes) most = Vector.Max(most, Vector.Load(x + i));
        var largest = float.NegativeInfinity;
        for (var i = 0; i < Lanes; i++) largest = MathF.Max(largest, most[i]);
        return largest;
    }
}
