using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Cuda;

/// <summary>Clocks of all SMs before and after pieces of work, written into memory that the host sees.</summary>
sealed unsafe class SmStamps : IDisposable
{
    const int Threads = 32;

    readonly CudaStream stream;
    readonly CudaKernel kernel;
    readonly PinnedMemory stamps;
    readonly CUdeviceptr onDevice;
    readonly double[] rates;
    readonly int sms, count;

    /// <param name="slots">Pieces of work that are queued at any time.</param>
    public SmStamps(CudaSession session, CudaStream stream, int slots)
    {
        this.stream = stream;
        kernel = session.Kernels["gl_sm_stamps"];
        sms = session.Device.Sms;
        // In a slice they need not begin with 0.
        count = (int)SmClock.Sms(session, stream).Max() + 1;
        rates = new double[count];
        stamps = new(session.Context, 2L * slots * count * sizeof(SmStamp));
        onDevice = stamps.OnDevice;
    }

    /// <summary>Queues the first look of a slot, which takes some microseconds.</summary>
    public void Before(int slot)
    {
        At(slot, 0).Fill(SmStamp.None);
        At(slot, 1).Fill(SmStamp.None);
        Queue(slot, 0);
    }

    public void After(int slot) => Queue(slot, 1);

    /// <summary>Hz, the median over SMs that were looked at twice; NaN where there is none. Both looks are over. No managed allocation.</summary>
    public double Hertz(int slot)
    {
        ReadOnlySpan<SmStamp> before = At(slot, 0), after = At(slot, 1);
        var found = 0;
        for (var sm = 0; sm < count; sm++)
        {
            if (SmStamp.Rate(before[sm], after[sm]) is var rate && double.IsFinite(rate)) rates[found++] = rate;
        }
        if (found == 0) return double.NaN;
        Array.Sort(rates, 0, found);
        return rates[found / 2];
    }

    public void Dispose() => stamps.Dispose();

    void Queue(int slot, int which) => kernel.Launch(stream, sms, Threads, 0, (onDevice + (Index(slot, which) * sizeof(SmStamp))).Address, (uint)count);

    Span<SmStamp> At(int slot, int which) => new((SmStamp*)stamps.Start + Index(slot, which), count);

    long Index(int slot, int which) => (2L * slot + which) * count;
}
