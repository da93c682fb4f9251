using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Llm;

/// <summary>Rotary positions: cosines and sines of every position and frequency. Dimension i turns with dimension i + half.</summary>
sealed class Rotary
{
    readonly float[] cosines, sines;
    readonly int half;

    public Rotary(ModelShape shape, int positions)
    {
        half = shape.HeadSize / 2;
        (cosines, sines) = (new float[positions * half], new float[positions * half]);
        for (var i = 0; i < half; i++)
        {
            var frequency = Frequency(shape, i);
            for (var position = 0; position < positions; position++)
                (sines[position * half + i], cosines[position * half + i]) = ((float)Math.Sin(position * frequency), (float)Math.Cos(position * frequency));
        }
    }

    /// <summary>By position, then frequency.</summary>
    public ReadOnlySpan<float> Cosines => cosines;

    public ReadOnlySpan<float> Sines => sines;

    /// <summary>Radians a token; slow ones are stretched as Llama 3.1 does.</summary>
    static double Frequency(ModelShape shape, int i)
    {
        var frequency = Math.Pow(shape.RopeTheta, -2.0 * i / shape.HeadSize);
        if (shape.Scaling is not { } scaling) return frequency;
        var turns = scaling.OriginalPositions * frequency / (2 * Math.PI);
        if (turns > scaling.HighFrequency) return frequency;
        if (turns < scaling.LowFrequency) return frequency / scaling.Factor;
        var smooth = (turns - scaling.LowFrequency) / (scaling.HighFrequency - scaling.LowFrequency);
        return (1 - smooth) * frequency / scaling.Factor + smooth * frequency;
    }

    /// <summary>Turns one head in place and multiplies it.</summary>
    public unsafe void Turn(float* head, int position, float scale)
    {
        var c = cosines.AsSpan(position * half, half);
        var s = sines.AsSpan(position * half, half);
        for (var i = 0; i < half; i++)
        {
            var (x, y) = (head[i], head[i + half]);
            head[i] = (x * c[i] - y * s[i]) * scale;
            head[i + half] = (y * c[i] + x * s[i]) * scale;
        }
    }

    /// <summary>The gradient of what was turned, from that of what <see cref="Turn"/> made of it.</summary>
    public unsafe void TurnBack(float* gradient, int position, float scale)
    {
        var c = cosines.AsSpan(position * half, half);
        var s = sines.AsSpan(position * half, half);
        for (var i = 0; i < half; i++)
        {
            var (x, y) = (gradient[i], gradient[i + half]);
            gradient[i] = (x * c[i] + y * s[i]) * scale;
            gradient[i + half] = (y * c[i] - x * s[i]) * scale;
        }
    }
}
