using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>The step of the clock behind events, which differs by chip: the smallest difference between the lengths of many short spans.</summary>
static class TimerStep
{
    const int Spans = 64;

    /// <summary>Nanoseconds: a clock whose step is longer than a span is looked at until it has moved.</summary>
    const long Patience = 20_000_000;

    /// <summary>Lengths closer than this are one length: they differ by the driver's float.</summary>
    const double Same = 1;

    /// <returns>Nanoseconds; at least 1.</returns>
    public static double Measure(CudaContext context)
    {
        using var stream = new CudaStream(context);
        using var start = new CudaEvent(context);
        using var end = new CudaEvent(context);
        var lengths = new List<double>(Spans);
        var until = Monotonic.Now + Patience;
        while (lengths.Count < Spans || (lengths.Max() < Same && Monotonic.Now < until))
        {
            start.Record(stream);
            end.Record(stream);
            end.Synchronize();
            lengths.Add(end.Since(start));
        }
        return Of([.. lengths]);
    }

    /// <summary>Where all spans are equally long, that length bounds the step from above.</summary>
    public static double Of(double[] lengths)
    {
        Array.Sort(lengths);
        var step = lengths.FirstOrDefault(l => l >= Same, Same);
        for (var i = 1; i < lengths.Length; i++)
        {
            var apart = lengths[i] - lengths[i - 1];
            if (apart >= Same) step = Math.Min(step, apart);
        }
        return step;
    }
}
