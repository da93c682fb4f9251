namespace GpuLab.Running;

/// <summary>
/// Estimates the time left: the plan's own figures, corrected by how this run has kept to them so far.
/// </summary>
/// <param name="planned">Estimated seconds of the trials still to do.</param>
sealed class Clockwork(double planned, int trials)
{
    readonly long start = Monotonic.Now;
    int done;

    public double Elapsed => (Monotonic.Now - start) / 1e9;

    public void OneDone() => done++;

    /// <summary>Seconds.</summary>
    public double Left
    {
        get
        {
            if (done >= trials) return 0;
            var share = done / (double)trials;
            var rest = planned * (1 - share);
            // A few trials say little about the rest; many say all.
            return done == 0 ? rest : (1 - share) * rest + share * (Elapsed / done * (trials - done));
        }
    }
}
