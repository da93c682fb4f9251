namespace GpuLab.Probes.Host;

/// <summary>
/// One pass of a team over a window of its arrays. Every thread owns a contiguous part of each array and works in the same window
/// of its own part, so that what it touches is what it touched first.
/// </summary>
sealed unsafe class StreamWork(StreamKernel kernel, int threads, long pages) : TeamWork
{
    /// <summary>Doubles of a page: the grain of parts and windows.</summary>
    public const int Page = 512;

    /// <summary>Sums of the threads, each on a line of its own.</summary>
    readonly double[] sums = new double[(threads + 1) * 16];

    public StreamKernel Kernel => kernel;

    /// <summary>The arrays: what is read, what is read beside it, what is written.</summary>
    public double* A { get; init; }

    public double* B { get; init; }

    public double* C { get; init; }

    public double Scalar { get; init; }

    public StreamVariant Variant { get; set; }

    /// <summary>Windows a part is walked in.</summary>
    public int Windows { get; set; } = 1;

    public int Window { get; set; }

    public int Passes { get; set; } = 1;

    public int Threads => threads;

    /// <summary>First page of a thread's window, and the first after it.</summary>
    public (long First, long End) PagesOf(int thread, int window)
    {
        var (low, high) = (pages * thread / threads, pages * (thread + 1) / threads);
        return (low + (high - low) * window / Windows, low + (high - low) * (window + 1) / Windows);
    }

    /// <summary>Bytes of one array in the current window of all threads.</summary>
    public long WindowBytes
    {
        get
        {
            long sum = 0;
            for (var t = 0; t < threads; t++)
            {
                var (first, end) = PagesOf(t, Window);
                sum += end - first;
            }
            return sum * Page * sizeof(double);
        }
    }

    /// <summary>Sum of what the threads read last, each pass once.</summary>
    public double Sum
    {
        get
        {
            double sum = 0;
            for (var t = 0; t < threads; t++) sum += sums[(t + 1) * 16];
            return sum;
        }
    }

    public override void Run(int thread)
    {
        var (first, end) = PagesOf(thread, Window);
        var (at, n) = (first * Page, (nuint)((end - first) * Page));
        double sum = 0;
        for (var pass = 0; pass < Passes; pass++) sum = Pass(A + at, B + at, C + at, n);
        sums[(thread + 1) * 16] = sum;
    }

    double Pass(double* a, double* b, double* c, nuint n)
    {
        switch (kernel, Variant)
        {
            case (StreamKernel.Read, StreamVariant.Stores512): return StreamKernels.Read512(a, n);
            case (StreamKernel.Read, _): return StreamKernels.Read256(a, n);
            case (StreamKernel.Write, StreamVariant.Stores256Past): StreamKernels.Write256Streaming(c, Scalar, n); break;
            case (StreamKernel.Write, StreamVariant.Stores512Past): StreamKernels.Write512Streaming(c, Scalar, n); break;
            case (StreamKernel.Write, StreamVariant.Stores512): StreamKernels.Write512(c, Scalar, n); break;
            case (StreamKernel.Write, _): StreamKernels.Write256(c, Scalar, n); break;
            case (StreamKernel.Triad, StreamVariant.Stores256Past): StreamKernels.Triad256Streaming(c, a, b, Scalar, n); break;
            case (StreamKernel.Triad, StreamVariant.Stores512Past): StreamKernels.Triad512Streaming(c, a, b, Scalar, n); break;
            case (StreamKernel.Triad, StreamVariant.Stores512): StreamKernels.Triad512(c, a, b, Scalar, n); break;
            case (StreamKernel.Triad, _): StreamKernels.Triad256(c, a, b, Scalar, n); break;
            case (_, StreamVariant.Stores256Past): StreamKernels.Copy256Streaming(c, a, n); break;
            case (_, StreamVariant.Stores512Past): StreamKernels.Copy512Streaming(c, a, n); break;
            case (_, StreamVariant.Stores512): StreamKernels.Copy512(c, a, n); break;
            case (_, StreamVariant.Stores256): StreamKernels.Copy256(c, a, n); break;
            default: Buffer.MemoryCopy(a, c, n * sizeof(double), n * sizeof(double)); break;
        }
        return 0;
    }
}
